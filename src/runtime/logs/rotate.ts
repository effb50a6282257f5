import { rename, rm, stat } from 'node:fs/promises';
import { hasCode } from '../../base/index.ts';
import { compressFile } from './compress.ts';
import { asideNumbers, asidePath } from './parts.ts';

/** How much of a log is kept. */
export type LogRoom = {
  /** After so many a file is full. */
  readonly maxBytes: number;
  /** The one being written included. */
  readonly files: number;
  /** Those that are full. */
  readonly compress: boolean;
};

/**
 * Puts a full log aside under the next number and has its writer begin a new one; the oldest goes. Nothing that was
 * written is lost, so a file can be larger than asked by what comes between two looks. An engine that was killed after
 * the renaming left no file of that name: its writer is asked again. What was put aside is compressed at the next look:
 * once the writer has begun a new file it has closed the one before. `signal` ends compressing, and is no error.
 */
export async function rotateLog(
  path: string,
  { maxBytes, files, compress }: LogRoom,
  reopen: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const size = await sizeOf(path);
  const complete = compress && size !== undefined ? await asideNumbers(path, false) : [];
  if (size === undefined) await reopen();
  else if (size >= maxBytes) {
    await putAside(path, files);
    await reopen();
  }
  for (const number of complete) {
    await compressFile(asidePath(path, number), signal).catch((error: unknown) => {
      if (!signal.aborted && !hasCode(error, 'ENOENT')) throw error;
    });
  }
}

async function putAside(path: string, files: number): Promise<void> {
  const numbers = await asideNumbers(path);
  const number = (numbers.at(-1) ?? 0) + 1;
  await rename(path, asidePath(path, number));
  for (const old of numbers.filter((one) => one <= number - (files - 1))) {
    await rm(asidePath(path, old), { force: true });
    await rm(`${asidePath(path, old)}.gz`, { force: true });
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
