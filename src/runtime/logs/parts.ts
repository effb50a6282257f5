import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { hasCode } from '../../base/index.ts';
import { openCompressed } from './compress.ts';

/**
 * A file of a log that is kept in several, open for reading. The one being written has the log's own name. Those that
 * were put aside are called ".1", ".2", … in the order in which they were; ".gz" says that they were compressed since.
 */
export type OpenPart = {
  readonly file: FileHandle;
  /** Of the one being written: what it will have when it is put aside. */
  readonly number: number;
  /** Tells the one being written from another of its name; undefined when it was put aside before it was opened. */
  readonly ino: number | undefined;
};

/** The name of a file that is put aside. */
export const asidePath = (path: string, number: number): string => `${path}.${number}`;

/** The numbers of files that were put aside, oldest first; those that are `compressed`, those that are not, or all. */
export async function asideNumbers(path: string, compressed?: boolean): Promise<readonly number[]> {
  const name = basename(path);
  const numbers = (await readdir(dirname(path)).catch(() => [])).flatMap((one) => {
    const [, number, gz] = one.startsWith(`${name}.`)
      ? (/^([1-9]\d*)(\.gz)?$/.exec(one.slice(name.length + 1)) ?? [])
      : [];
    return number === undefined || (compressed ?? gz !== undefined) !== (gz !== undefined) ? [] : [Number(number)];
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

const openIfThere = async (opening: Promise<FileHandle>): Promise<FileHandle | undefined> =>
  opening.catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });

/** undefined when it is gone. The compressed one is there before the other goes. */
async function openAside(path: string, number: number): Promise<OpenPart | undefined> {
  const name = asidePath(path, number);
  const file = (await openIfThere(open(name, 'r'))) ?? (await openIfThere(openCompressed(name)));
  return file && { file, number, ino: undefined };
}

/** undefined when there is none: while a new one is begun. */
async function openCurrent(path: string): Promise<OpenPart | undefined> {
  for (;;) {
    const file = await openIfThere(open(path, 'r'));
    if (file === undefined) return undefined;
    const { ino } = await file.stat();
    const number = ((await asideNumbers(path)).at(-1) ?? 0) + 1;
    // Still the one being written: so nothing was put aside while we looked.
    if ((await stat(path).catch(() => undefined))?.ino === ino) return { file, number, ino };
    await file.close();
  }
}

/**
 * The part that follows one that was read, or the oldest. When those that follow are gone, it goes on with the oldest
 * that is left. undefined while nothing follows.
 */
export async function partAfter(path: string, read: OpenPart | undefined): Promise<OpenPart | undefined> {
  for (;;) {
    const numbers = await asideNumbers(path);
    const next = numbers.find((number) => number > (read?.number ?? 0));
    const opened = next === undefined ? await openCurrent(path) : await openAside(path, next);
    if (opened === undefined && next !== undefined) continue; // removed meanwhile
    if (opened === undefined) return undefined;
    const isSame = opened.ino !== undefined && opened.ino === read?.ino;
    // More was put aside meanwhile.
    const isTooNew = next === undefined && opened.number > (numbers.at(-1) ?? 0) + 1;
    if (!isSame && !isTooNew) return opened;
    await opened.file.close();
    if (isSame) return undefined;
  }
}

/** Every part from the newest to the oldest, for the caller to close. */
export async function* partsBackwards(path: string): AsyncGenerator<OpenPart> {
  const current = await openCurrent(path);
  const numbers = (await asideNumbers(path)).filter((number) => current === undefined || number < current.number);
  if (current !== undefined) yield current;
  for (const number of numbers.toReversed()) {
    const opened = await openAside(path, number);
    if (opened !== undefined) yield opened;
  }
}
