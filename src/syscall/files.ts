import { bind, bindResult } from './libc.ts';

/**
 * File calls that node:fs has not, or not exactly. Paths are NUL-terminated bytes, as the kernel has them: names in an
 * archive need not be UTF-8.
 */
type Path = Uint8Array;

/** chroot(2): the whole process, for ever. Only for a child process that does one job. */
export const chroot = bind<[path: string]>('chroot', 'int chroot(const char *path)');

/** fchdir(2). */
export const fchdir = bind<[fd: number]>('fchdir', 'int fchdir(int fd)');

/** prctl(2), PR_SET_PDEATHSIG of <linux/prctl.h>: the kernel sends us `signal` when the thread that made us ends. */
const prctl = bind<[option: number, value: number]>('prctl', 'int prctl(int option, unsigned long value)');
export const dieWithParent = (signal: number): number => prctl(1, signal);

// S_IFMT bits, <linux/stat.h>.
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFBLK = 0o060000;

const mknodRaw = bind<[Path, number, bigint]>('mknod', 'int mknod(const uint8_t *path, uint32_t mode, uint64_t dev)');

/** mknod(2). `mode` holds the type and the permissions; those are still cut by the umask. */
export function mknod(path: Path, mode: number, major: number, minor: number): void {
  mknodRaw(path, mode, makedev(major, minor));
}

/** The kernel's 64-bit device number, as gnu_dev_makedev() of <sys/sysmacros.h> lays it out. */
export function makedev(major: number, minor: number): bigint {
  const [hi, lo] = [BigInt(major), BigInt(minor)];
  return ((hi & 0xfffff000n) << 32n) | ((hi & 0xfffn) << 8n) | ((lo & 0xffffff00n) << 12n) | (lo & 0xffn);
}

const lsetxattrRaw = bind<[Path, string, Uint8Array, number, number]>(
  'lsetxattr',
  'int lsetxattr(const uint8_t *path, const char *name, const uint8_t *value, size_t size, int flags)',
);

/** lsetxattr(2): a link's own attribute, never its target's. */
export function lsetxattr(path: Path, name: string, value: Uint8Array): void {
  lsetxattrRaw(path, name, value, value.length, 0);
}

const AT_FDCWD = -100; // <linux/fcntl.h>
const AT_SYMLINK_NOFOLLOW = 0x100;
const utimensat = bind<[number, Path, BigInt64Array, number]>(
  'utimensat',
  'int utimensat(int dirfd, const uint8_t *path, const int64_t *times, int flags)',
);

/** Sets both times of a path, links not followed. `nanoseconds` is 0 to 999,999,999. */
export function setTimes(path: Path, seconds: number, nanoseconds: number): void {
  const [s, ns] = [BigInt(seconds), BigInt(nanoseconds)];
  utimensat(AT_FDCWD, path, BigInt64Array.of(s, ns, s, ns), AT_SYMLINK_NOFOLLOW);
}

const listRaw = bindResult<[Path, Uint8Array | null, number]>(
  'long llistxattr(const uint8_t *path, uint8_t *list, size_t size)',
);
const getRaw = bindResult<[Path, string, Uint8Array | null, number]>(
  'long lgetxattr(const uint8_t *path, const char *name, uint8_t *value, size_t size)',
);
const largestXattr = 65536; // XATTR_LIST_MAX and XATTR_SIZE_MAX of <linux/limits.h>

/** llistxattr(2): names of a path's own attributes; none where the file system keeps none. */
export function llistxattr(path: Path): string[] {
  if (listRaw(path, null, 0) <= 0) return [];
  const list = Buffer.alloc(largestXattr);
  const length = Math.max(listRaw(path, list, list.length), 0);
  return list
    .toString('latin1', 0, length)
    .split('\0')
    .filter((name) => name !== '');
}

/** lgetxattr(2); undefined when there is no such attribute, or it cannot be read. */
export function lgetxattr(path: Path, name: string): Buffer | undefined {
  const length = getRaw(path, name, null, 0);
  if (length < 0) return undefined;
  const value = Buffer.alloc(length);
  const read = length === 0 ? 0 : getRaw(path, name, value, length);
  return read < 0 ? undefined : value.subarray(0, read);
}
