import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { hasCode } from '../../base/index.ts';

/** A file of a log that is kept in several: the one being written has the log's name, older ones ".1", ".2", … */
type Part = { readonly path: string; readonly ino: number };
/** Open for reading, with the number that tells it apart whatever it is called by now. */
export type OpenPart = { readonly file: FileHandle; readonly ino: number };

/** The name of the n-th part; 0 is the one being written. */
export const partPath = (path: string, n: number): string => (n === 0 ? path : `${path}.${n}`);

/**
 * Newest first: one that gets older while we look is seen twice rather than missed. Names are tried up to one beyond the
 * last, whether they were there a moment ago or not: while files are moved, one of them is missing.
 */
async function partsOf(path: string): Promise<readonly Part[]> {
  const name = basename(path);
  const names = await readdir(dirname(path)).catch(() => []);
  const numbers = names
    .filter((one) => one.startsWith(`${name}.`))
    .map((one) => one.slice(name.length + 1))
    .filter((end) => /^[1-9]\d*$/.test(end))
    .map(Number);
  const parts: Part[] = [];
  for (let n = 0; n <= Math.max(0, ...numbers) + 1; n++) {
    const found = await stat(partPath(path, n)).catch(() => undefined);
    if (found !== undefined) parts.push({ path: partPath(path, n), ino: found.ino });
  }
  return parts;
}

/** undefined when it has another name, or is gone, by now. */
async function openPart({ path, ino }: Part): Promise<OpenPart | undefined> {
  try {
    const file = await open(path, 'r');
    if ((await file.stat()).ino === ino) return { file, ino };
    await file.close();
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  return undefined;
}

/** How often a file that is there is looked for. */
const patience = 20;

const isThere = async (part: OpenPart | undefined): Promise<boolean> =>
  part !== undefined && (await part.file.stat()).nlink > 0;

/**
 * The part that follows one that was read, or the oldest. When rotation was faster than the reader and the one it read
 * is gone, it goes on with the oldest that is left. undefined while nothing follows.
 */
export async function partAfter(path: string, read: OpenPart | undefined): Promise<OpenPart | undefined> {
  for (let tries = 0; ; tries++) {
    const parts = await partsOf(path);
    const at = parts.findIndex(({ ino }) => ino === read?.ino);
    // Moved twice while we looked; or it has a name that is none of a log's.
    if (at === -1 && tries < patience && (await isThere(read))) continue;
    const next = at === -1 ? parts.at(-1) : parts[at - 1];
    if (next === undefined) return undefined;
    const opened = await openPart(next);
    if (opened !== undefined) return opened;
  }
}

/** Every part from the newest to the oldest, for the caller to close. */
export async function* partsBackwards(path: string): AsyncGenerator<OpenPart> {
  const seen = new Set<number>();
  for (const part of await partsOf(path)) {
    const opened = seen.has(part.ino) ? undefined : await openPart(part);
    if (opened === undefined) continue;
    seen.add(part.ino);
    yield opened;
  }
}
