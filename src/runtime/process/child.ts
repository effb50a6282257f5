import { closeSync, readFileSync } from 'node:fs';
import { sysError } from '../../syscall/libc.ts';
import { pidfdOpen, pidfdSendSignal } from '../../syscall/pidfd.ts';
import type { Poller } from '../../syscall/poller.ts';
import { reap, type SpawnRequest, spawnProcess } from '../../syscall/spawn.ts';

const ESRCH = 3; // <asm-generic/errno-base.h>

/** A process we watch until it ends: ours (then it is reaped, and `ended` has its status), or another's. */
export type Watched = Disposable & {
  readonly pid: number;
  /** Resolves when it has ended: its exit code or 128 + signal; undefined when it is not our child. */
  readonly ended: Promise<number | undefined>;
  /** Never reaches another process of the same number. Throws SysError ESRCH once it has ended. */
  signal(signal: number): void;
};

/** Whose end somebody waits for. */
const watched = new Set<number>();
export const isWatched = (pid: number): boolean => watched.has(pid);

/** Starts watching. Throws SysError ESRCH. Disposing stops it; the process goes on. */
export function watchProcess(poller: Poller, pid: number): Watched {
  const fd = pidfdOpen(pid);
  watched.add(pid);
  const { promise: ended, resolve } = Promise.withResolvers<number | undefined>();
  const watch = poller.watch(fd, { read: true }, () => {
    done();
    resolve(reap(pid));
  });
  let open = true;
  const signal = (number: number): void => {
    if (!open) throw sysError('pidfd_send_signal', ESRCH);
    pidfdSendSignal(fd, number);
  };
  const done = (): void => {
    if (!open) return;
    open = false;
    watched.delete(pid);
    watch[Symbol.dispose]();
    closeSync(fd);
  };
  return { pid, ended, signal, [Symbol.dispose]: done };
}

export async function spawnWatched(poller: Poller, request: SpawnRequest): Promise<Watched> {
  return watchProcess(poller, await spawnProcess(request));
}

/** Whether it is a process, and not a zombie its parent has yet to reap. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\t[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** What a process is called, with the newline that /proc/PID/comm has, proc(5); "" when it is gone. */
export function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}
