import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Controllers that statistics and limits are read from. */
export type Controller = 'cpu' | 'cpuacct' | 'cpuset' | 'memory' | 'pids' | 'blkio' | 'freezer' | 'devices';

/** Where the control groups of this machine are mounted. */
export class CgroupTree {
  readonly version: '1' | '2';
  /** Every hierarchy a process is in: version 1 has one per controller or named list, version 2 one. */
  readonly hierarchies: readonly string[];
  readonly #controllers: ReadonlyMap<string, string>;

  constructor(version: '1' | '2', controllers: ReadonlyMap<string, string>, hierarchies: readonly string[]) {
    this.version = version;
    this.#controllers = controllers;
    this.hierarchies = hierarchies;
  }

  /** A file or folder of a group (`group` as in a spec's cgroupsPath). */
  path(controller: Controller, group: string, file = ''): string {
    const mount = this.version === '2' ? this.hierarchies[0]! : (this.#controllers.get(controller) ?? '/nonexistent');
    return join(mount, group, file);
  }

  /** The hierarchy a service manager tracks processes by: the named one of version 1, or the only one. */
  get tracking(): string | undefined {
    return this.version === '2' ? this.hierarchies[0] : this.#controllers.get('name=systemd');
  }
}

export async function findCgroupTree(): Promise<CgroupTree> {
  return parseCgroupMounts(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** Reads the text of /proc/self/mountinfo. Hybrid machines (version 1 with an extra version 2) count as version 1. */
export function parseCgroupMounts(mountinfo: string): CgroupTree {
  const controllers = new Map<string, string>();
  const first: string[] = [];
  let unified: string | undefined;
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const mountPoint = left.split(' ')[4];
    const [type, , options = ''] = right.split(' ');
    if (mountPoint === undefined) continue;
    if (type === 'cgroup2') unified ??= mountPoint;
    if (type !== 'cgroup') continue;
    const names = options.split(',').filter((option) => !['rw', 'ro', 'xattr', 'relatime'].includes(option));
    if (names.some((name) => controllers.has(name))) continue;
    for (const name of names) controllers.set(name, mountPoint);
    first.push(mountPoint);
  }
  if (controllers.has('memory') || controllers.has('cpu')) {
    return new CgroupTree('1', controllers, unified === undefined ? first : [...first, unified]);
  }
  return new CgroupTree('2', controllers, [unified ?? '/sys/fs/cgroup']);
}
