import { type BigIntStats, constants, lstatSync } from 'node:fs';
import { baseName, followed } from './links.ts';
import type { PathStat } from './order.ts';

/** Kinds and special bits of Go's io/fs.FileMode. */
const go = {
  dir: 2 ** 31,
  symlink: 2 ** 27,
  device: 2 ** 26,
  namedPipe: 2 ** 25,
  socket: 2 ** 24,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  charDevice: 2 ** 21,
  sticky: 2 ** 20,
} as const;

const kinds: Readonly<Record<number, number>> = {
  [constants.S_IFDIR]: go.dir,
  [constants.S_IFLNK]: go.symlink,
  [constants.S_IFBLK]: go.device,
  [constants.S_IFCHR]: go.device + go.charDevice,
  [constants.S_IFIFO]: go.namedPipe,
  [constants.S_IFSOCK]: go.socket,
};

/** `st_mode` of stat(2) as Go writes it. */
export function goMode(mode: number): number {
  const special = (mode & 0o4000 ? go.setuid : 0) + (mode & 0o2000 ? go.setgid : 0) + (mode & 0o1000 ? go.sticky : 0);
  return (mode & 0o777) + special + (kinds[mode & constants.S_IFMT] ?? 0);
}

/** What is at an absolute path, links followed where it ends in a slash or dot. Throws ENOENT, ENOTDIR, … */
export function pathStat(path: string): PathStat {
  const stats = lstatSync(path, { bigint: true });
  return {
    name: baseName(path),
    size: Number(stats.size),
    mode: goMode(Number(stats.mode)),
    mtime: timeText(stats),
    linkTarget: stats.isSymbolicLink() ? followed(path) : '',
  };
}

/** RFC 3339 as Go writes it: nanoseconds without the zeros at their end. */
function timeText({ mtimeNs }: BigIntStats): string {
  const fraction = (((mtimeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n).toString().padStart(9, '0');
  const seconds = Number((mtimeNs - BigInt(fraction)) / 1_000_000_000n);
  const digits = fraction.replace(/0+$/, '');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}Z`;
}
