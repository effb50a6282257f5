import { rename, stat } from 'node:fs/promises';
import { hasCode } from '../../base/index.ts';
import { partPath } from './parts.ts';

/** How much of a log is kept: bytes after which a file is full, and how many files, the one being written included. */
export type LogRoom = { readonly maxBytes: number; readonly files: number };

/**
 * Puts a full log aside under the next name and has its writer begin a new one; the oldest goes. Nothing that was
 * written is lost, so a file can be larger than asked by what comes between two looks. An engine that was killed after
 * the renaming left no file of that name: its writer is asked again.
 */
export async function rotateLog(
  path: string,
  { maxBytes, files }: LogRoom,
  reopen: () => Promise<void>,
): Promise<void> {
  const size = await sizeOf(path);
  if (size !== undefined && size < maxBytes) return;
  if (size !== undefined) for (let n = files - 1; n > 0; n--) await moved(partPath(path, n - 1), partPath(path, n));
  await reopen();
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function moved(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
