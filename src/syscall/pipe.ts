import { bind } from './libc.ts';

const O_CLOEXEC = 0x8_0000; // <asm-generic/fcntl.h>
const pipe2 = bind<[fds: Int32Array, flags: number]>('pipe2', 'int pipe2(void *fds, int flags)');

/** pipe2(2): both ends CLOEXEC and blocking. */
export function pipe(): { readonly read: number; readonly write: number } {
  const fds = new Int32Array(2);
  pipe2(fds, O_CLOEXEC);
  return { read: fds[0]!, write: fds[1]! };
}

const shutdownCall = bind<[fd: number, how: number]>('shutdown', 'int shutdown(int fd, int how)');

/** shutdown(2) with SHUT_WR: the peer reads the end, and can still write to us. */
export const shutdownWrite = (fd: number): number => shutdownCall(fd, 1);

const prctl = bind<[option: number, value: number]>('prctl', 'int prctl(int option, unsigned long value)');

/** prctl(2), PR_SET_CHILD_SUBREAPER of <linux/prctl.h>: orphans among our descendants become our children. */
export const becomeSubreaper = (): number => prctl(36, 1);
