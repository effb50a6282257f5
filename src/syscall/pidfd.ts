import { bind } from './libc.ts';

// <asm/unistd.h>: the same numbers on every architecture, as all calls after 5.1.
const SYS_pidfd_send_signal = 424;
const SYS_pidfd_open = 434;

const openCall = bind<[nr: number, pid: number, flags: number]>(
  'pidfd_open',
  'long syscall(long nr, int pid, unsigned int flags)',
);
const signalCall = bind<[nr: number, fd: number, signal: number, info: null, flags: number]>(
  'pidfd_send_signal',
  'long syscall(long nr, int fd, int signal, void *info, unsigned int flags)',
);

/** A descriptor for the process: readable when it ends, never another process's. CLOEXEC. Throws SysError ESRCH. */
export const pidfdOpen = (pid: number): number => openCall(SYS_pidfd_open, pid, 0);

/** Signals exactly that process; ESRCH when it has ended, whatever its number is used for now. 0 only asks. */
export function pidfdSendSignal(fd: number, signal: number): void {
  signalCall(SYS_pidfd_send_signal, fd, signal, null, 0);
}
