import { AppError, nearest } from '../../base/index.ts';
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
  const meant = nearest(key, known);
  return meant === undefined ? '' : `: did you mean ${meant}?`;
}
