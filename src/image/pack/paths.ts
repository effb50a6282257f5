import { constants, lstatSync, openSync, readdirSync, realpathSync, type Stats } from 'node:fs';
import { hasCode } from '../../base/index.ts';

/** Paths are bytes held as latin1 text: no byte is lost, and slashes read as usual. */

export const latin1 = (path: string): Buffer => Buffer.from(path, 'latin1');
export const cpath = (path: string): Buffer => latin1(`${path}\0`);

/** What is there itself; undefined when nothing is, or something on the way is no folder. */
export const found = (path: string): Stats | undefined =>
  unlessGone(() => lstatSync(latin1(path), { throwIfNoEntry: false }));

/** Where a path leads. Throws when that is nowhere. */
export const resolved = (path: string): string => realpathSync(latin1(path), 'latin1');

/** Names in a folder, in the order of their bytes; none when it has gone meanwhile. */
export const entriesOf = (path: string): string[] =>
  unlessGone(() => (readdirSync(latin1(path), 'latin1') as string[]).sort()) ?? [];

/** A descriptor to read from; undefined when the file has gone meanwhile, or has become a link. */
export const opened = (path: string): number | undefined =>
  unlessGone(() => openSync(latin1(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}
