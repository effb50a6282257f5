import { AppError } from '../../base/index.ts';
import type { Options } from './options.ts';

/** What options of ours begin with. Others' may be anybody's, and have no effect here. */
const ours = 'com.portolan.';

/** Refuses an option of ours that is not among `known`, and names the nearest one that is. */
export function refuseUnknown(options: Options, known: readonly string[]): void {
  const found = Object.keys(options).find((key) => key.startsWith(ours) && !known.includes(key));
  if (found === undefined) return;
  const candidates = known.filter((key) => key.startsWith(ours));
  throw new AppError('invalid', `unknown option ${found}${suggestion(found, candidates)}`);
}

/** ": did you mean macvlan_mode?"; "" when nothing is near. */
export function suggestion(key: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: editDistance(key, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  if (nearest === undefined || nearest.distance > Math.max(2, key.length / 3)) return '';
  return `: did you mean ${nearest.candidate}?`;
}

/** How many characters are to be put in, taken out or changed (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
