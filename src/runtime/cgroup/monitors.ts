import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../base/index.ts';
import type { CgroupTree } from './tree.ts';

/**
 * The group of the container monitors, beside the containers' own: a service manager that stops the engine's service
 * with all its processes must not find them there.
 */
export class MonitorGroups implements AsyncDisposable {
  readonly #tree: CgroupTree;
  readonly #parents = new Set<string>();

  constructor(tree: CgroupTree) {
    this.#tree = tree;
  }

  /** Moves a monitor out of the engine's group. `cgroupPath` is its container's. */
  async add(pid: number, cgroupPath: string): Promise<void> {
    const { tracking } = this.#tree;
    if (tracking === undefined) return;
    const folder = join(tracking, dirname(cgroupPath), 'conmon');
    this.#parents.add(dirname(cgroupPath));
    if (!existsSync(folder)) await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'cgroup.procs'), String(pid));
  }

  /** A container of an earlier engine, whose parent group is ours to remove as well. */
  adopt(cgroupPath: string): void {
    this.#parents.add(dirname(cgroupPath));
  }

  /** Removes the empty ones, and parents that have no container left. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const parent of this.#parents) {
      for (const hierarchy of this.#tree.hierarchies) {
        for (const group of [join(parent, 'conmon'), parent].filter((path) => path !== '/')) {
          await removeIfEmpty(join(hierarchy, group));
        }
      }
    }
  }
}

/** What has ended holds its group until it is reaped, which is a moment later: this many tries double the wait from 1 ms. */
const tries = 6;

async function removeIfEmpty(folder: string): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt++) {
    try {
      return await rmdir(folder);
    } catch (error) {
      if (!hasCode(error, 'EBUSY') || (await isUsed(folder))) return; // in use, or never made
    }
    await sleep(2 ** attempt);
  }
}

/** By a process, or by a group below it. */
async function isUsed(folder: string): Promise<boolean> {
  const processes = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return processes !== '' || entries.some((entry) => entry.isDirectory());
}
