import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { ApiError, type Client, type ContainerPath } from '../../client/index.ts';
import { baseOf, type Found, meansContent, type Source } from './place.ts';

/** Bits of Go's io/fs.FileMode. */
const folderBit = 2 ** 31;
const linkBit = 2 ** 27;
/** Devices, pipes, sockets. */
const otherBits = 2 ** 26 + 2 ** 25 + 2 ** 24 + 2 ** 21;

const has = (mode: number, bits: number): boolean => (BigInt(mode) & BigInt(bits)) !== 0n;

/** An archive out of a container, and what its first member is called in it. */
export type Fetched = { readonly archive: Readable; readonly from: string; readonly source: Source };

export async function fetchFrom({ archives }: Client, ref: string, path: string, follow: boolean): Promise<Fetched> {
  const target = follow ? linkEnd(path, await archives.stat(ref, path)) : path;
  const { archive, stat } = await archives.read(ref, target);
  return { archive, from: baseOf(target), source: { base: baseOf(path), isFolder: has(stat.mode, folderBit) } };
}

/** What a copy into a container finds there. What cannot be looked at is taken for absent: the copy itself will tell. */
export async function containerEnd({ archives }: Client, ref: string, given: string): Promise<Found> {
  try {
    let path = given;
    let stat = await archives.stat(ref, path);
    if (has(stat.mode, linkBit)) {
      path = linkEnd(path, stat);
      stat = await archives.stat(ref, path);
    }
    if (has(stat.mode, otherBits))
      throw new Error(`destination "${ref}:${path}" must be a directory or a regular file`);
    return { path, exists: true, isFolder: has(stat.mode, folderBit) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { path: given, exists: false, isFolder: false };
  }
}

function linkEnd(path: string, { mode, linkTarget }: ContainerPath): string {
  if (!has(mode, linkBit)) return path;
  const end = posix.resolve(posix.dirname(posix.resolve('/', path)), linkTarget);
  return meansContent(path) ? `${end}/.` : end;
}
