import type { Stats } from 'node:fs';
import type { Change, ChangesJob } from './order.ts';
import { cpath, entriesOf, found } from './paths.ts';
import { isOpaque, isWhiteout } from './whiteout.ts';

const below = (folder: string, base: string): string => `${folder}/${base}`;

/** What one folder of the layers below holds under a name: the file seen there, and the folders that make it up. */
type Lower = { readonly stats: Stats | undefined; readonly folders: readonly string[] };

/** How the upper folder of an overlay differs from what is below it, in order of the paths (as `docker diff` tells it). */
export function* changes({ upper, lowers }: ChangesJob): Generator<Change> {
  yield* changesIn(upper, lowers, '');
}

function* changesIn(folder: string, lowers: readonly string[], path: string): Generator<Change> {
  const names = entriesOf(folder);
  if (isOpaque(cpath(folder))) yield* hidden(new Set(names), lowers, path);
  for (const base of names) yield* changeOf(below(folder, base), lookup(lowers, base), `${path}/${base}`);
}

function* changeOf(file: string, lower: Lower, path: string): Generator<Change> {
  const stats = found(file);
  if (stats === undefined) return;
  if (isWhiteout(stats)) {
    if (lower.stats !== undefined) yield change(path, 2);
    return;
  }
  const inside = stats.isDirectory() ? [...changesIn(file, stats.isDirectory() ? lower.folders : [], path)] : [];
  const merged = stats.isDirectory() && lower.stats?.isDirectory() === true;
  // A folder that is there only for what is in it, and not touched itself, has changed when that has.
  const untouched = merged && sameTime(stats, lower.stats!) && inside.length === 0;
  if (!untouched) yield change(path, lower.stats === undefined ? 1 : 0);
  yield* inside;
}

/** What an opaque folder hides for good. */
function* hidden(kept: ReadonlySet<string>, lowers: readonly string[], path: string): Generator<Change> {
  const names = new Set(lowers.flatMap((folder) => entriesOf(folder)));
  for (const base of [...names].sort()) {
    if (!kept.has(base) && lookup(lowers, base).stats !== undefined) yield change(`${path}/${base}`, 2);
  }
}

/** Merges as the overlay does: the topmost wins, folders add up until one is opaque or something else. */
function lookup(lowers: readonly string[], base: string): Lower {
  const folders: string[] = [];
  let first: Stats | undefined;
  for (const folder of lowers) {
    const file = below(folder, base);
    const stats = found(file);
    if (stats === undefined) continue;
    if (isWhiteout(stats)) break;
    first ??= stats;
    if (!stats.isDirectory()) break;
    folders.push(file);
    if (isOpaque(cpath(file))) break;
  }
  return { stats: first, folders };
}

const sameTime = (a: Stats, b: Stats): boolean =>
  a.mtimeMs === b.mtimeMs && a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;

const change = (path: string, Kind: Change['Kind']): Change => ({
  Path: Buffer.from(path, 'latin1').toString('utf8'),
  Kind,
});
