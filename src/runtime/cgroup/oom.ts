import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { type Groups, groupOf, isUnified } from './groups.ts';

/** Whether the kernel has killed something of the group for lack of memory. Read before the group goes. */
export function wasOomKilled(groups: Groups): boolean {
  const folder = groupOf(groups, 'memory');
  return folder !== undefined && killsIn(join(folder, isUnified(groups) ? eventsFile : 'memory.oom_control')) > 0;
}

/** Of version 2, cgroup-v2.rst: it tells whoever watches it of each change. */
const eventsFile = 'memory.events';

function killsIn(path: string): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // the group has gone
  }
}

/**
 * Tells each time that the kernel kills something of a version 2 group; at once of what it has killed, unless that was
 * `told`. Where nothing can be watched, the end of the container tells.
 */
export function watchKills(groups: Groups, told: boolean, seen: () => void): Disposable {
  const path = join(groupOf(groups, 'memory') ?? '/nonexistent', eventsFile);
  let known = told ? killsIn(path) : 0;
  const look = (): void => {
    const kills = killsIn(path);
    if (kills > known) seen();
    known = Math.max(known, kills);
  };
  try {
    const watcher = watch(path, look);
    watcher.on('error', () => {}); // the group is gone, and the container with it
    look();
    return { [Symbol.dispose]: () => watcher.close() };
  } catch {
    return { [Symbol.dispose]() {} };
  }
}
