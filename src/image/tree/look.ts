import { closeSync, constants, createReadStream, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { AppError, hasCode } from '../../base/index.ts';
import { openInRoot } from '../../syscall/openat2.ts';

/** Looks at files of a tree with that tree as root directory: no link and no ".." leads out of it. */

export type Kind = 'folder' | 'file' | 'other' | 'absent';

/** Links are followed. */
export function kindIn(root: string, path: string): Kind {
  const stats = statIn(root, path);
  if (stats === undefined) return 'absent';
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'other';
}

function statIn(root: string, path: string): Stats | undefined {
  return withPath(root, path, (fd) => statSync(`/proc/self/fd/${fd}`));
}

/** The content of a plain file; undefined when there is nothing under that name. Throws `invalid` for anything else. */
export function openIn(root: string, path: string): { readonly size: number; readonly stream: Readable } | undefined {
  return withPath(root, path, (fd) => {
    const file = openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (stats.isFile())
      return { size: stats.size, stream: createReadStream('', { fd: file, highWaterMark: 256 * 1024 }) };
    closeSync(file);
    throw new AppError('invalid', `${path} is no plain file`);
  });
}

function withPath<T>(root: string, path: string, look: (fd: number) => T): T | undefined {
  const folder = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const fd = openInRoot(folder, path, 0);
    try {
      return look(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].some((code) => hasCode(error, code))) return undefined;
    throw error;
  } finally {
    closeSync(folder);
  }
}
