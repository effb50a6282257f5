import { existsSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
          await rmdir(join(hierarchy, group)).catch(() => {}); // in use, or never made
        }
      }
    }
  }
}
