import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { hasCode } from '../../base/index.ts';

/** Paths are bytes held as latin1 text: no byte is lost, and slashes read as usual. */

export const latin1 = (path: string): Buffer => Buffer.from(path, 'latin1');
export const cpath = (path: string): Buffer => latin1(`${path}\0`);

/** What is there itself; undefined when nothing is, or something on the way is no folder. */
export function found(path: string): Stats | undefined {
  try {
    return lstatSync(latin1(path), { throwIfNoEntry: false });
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

export const followed = (path: string): Stats => statSync(latin1(path));

/** Names in a folder, in the order of their bytes. */
export const entriesOf = (path: string): string[] => (readdirSync(latin1(path), 'latin1') as string[]).sort();
