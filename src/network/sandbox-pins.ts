import { closeSync, statfsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, shortId } from '../base/index.ts';
import { openNetns } from '../syscall/netns.ts';
import { pinNetns, unpinNetns } from '../syscall/netns-pin.ts';

const NSFS_MAGIC = 0x6e73_6673; // <linux/magic.h>

/** The namespaces of sandboxes, kept alive as bind mounts in the run directory: the network outlives the process. */
export class SandboxPins {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  path(sandboxId: string): string {
    return join(this.#dir, shortId(sandboxId));
  }

  /** Makes a namespace that begins with these sysctls. The descriptor is the caller's to close. */
  async create(sandboxId: string, sysctls: Readonly<Record<string, string>>): Promise<number> {
    await pinNetns(this.path(sandboxId), sysctls);
    return this.open(sandboxId);
  }

  /** The descriptor is the caller's to close. */
  open(sandboxId: string): number {
    return openNetns(this.path(sandboxId));
  }

  with(sandboxId: string, body: (netns: number) => void): void {
    const fd = this.open(sandboxId);
    try {
      body(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** False also for a file that is left of a namespace, as after the machine was started anew. */
  exists(sandboxId: string): boolean {
    try {
      return statfsSync(this.path(sandboxId)).type === NSFS_MAGIC;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** Safe to repeat. */
  remove(sandboxId: string): Promise<void> {
    return unpinNetns(this.path(sandboxId));
  }

  /** Removes what no sandbox owns; answers the names. */
  async removeStrays(sandboxIds: Iterable<string>): Promise<readonly string[]> {
    await mkdir(this.#dir, { recursive: true });
    const owned = new Set(Array.from(sandboxIds, shortId));
    const strays = (await readdir(this.#dir)).filter((name) => /^[0-9a-f]{12}$/.test(name) && !owned.has(name));
    for (const name of strays) await unpinNetns(join(this.#dir, name));
    return strays;
  }
}
