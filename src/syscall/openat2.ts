import { constants } from 'node:fs';
import { arch } from 'node:process';
import { bind } from './libc.ts';

const SYS_openat2 = 437; // <asm-generic/unistd.h>: the same on every architecture
export const O_PATH = arch === 'x64' || arch === 'arm64' ? 0o10000000 : 0;
const O_CLOEXEC = 0o2000000;
// RESOLVE_*, <linux/openat2.h>.
const RESOLVE_NO_MAGICLINKS = 0x02n;
const RESOLVE_IN_ROOT = 0x10n;

const syscall = bind<[number, number, string, BigUint64Array, number]>(
  'openat2',
  'long syscall(long number, int dirfd, const char *path, const uint64_t *how, size_t size)',
);

/**
 * openat2(2): a descriptor (O_PATH) of `path` looked up as if `rootFd` were the root directory: absolute links and ".."
 * stay inside. The caller closes it; /proc/self/fd/N names it.
 */
export function openInRoot(rootFd: number, path: string, flags: number = constants.O_DIRECTORY): number {
  const how = BigUint64Array.of(BigInt(O_PATH | O_CLOEXEC | flags), 0n, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  return syscall(SYS_openat2, rootFd, path, how, how.byteLength);
}
