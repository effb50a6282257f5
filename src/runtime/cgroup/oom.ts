import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Groups, groupOf, isUnified } from './groups.ts';

/** Whether the kernel has killed something of the group for lack of memory. Read before the group goes. */
export function wasOomKilled(groups: Groups): boolean {
  const folder = groupOf(groups, 'memory');
  if (folder === undefined) return false;
  try {
    const text = readFileSync(join(folder, isUnified(groups) ? 'memory.events' : 'memory.oom_control'), 'utf8');
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0;
  } catch {
    return false;
  }
}
