import { closeSync, constants, openSync, readSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, hasCode } from '../../base/index.ts';
import type { Poller } from '../../syscall/poller.ts';

/**
 * What `runc start` does, without its process: the container's init waits to open exec.fifo for writing, writes one
 * byte and runs the program. The file's absence is what tells runc that the container runs. Resolves when the program
 * is about to run; `ended` is the end of a container that never gets there.
 */
export async function openExecFifo(root: string, id: string, poller: Poller, ended: Promise<unknown>): Promise<void> {
  const path = join(root, id, 'exec.fifo');
  const fd = openFifo(path, id);
  const { promise: ready, resolve } = Promise.withResolvers<'ready'>();
  const watch = poller.watch(fd, { read: true }, () => {
    if (hasByte(fd)) resolve('ready');
  });
  try {
    const first = await Promise.race([ready, ended]);
    // A quick program's end can be seen in the same turn as its start.
    if (first !== 'ready' && !hasByte(fd)) throw new AppError('internal', 'cannot start a stopped process: unknown');
    unlinkSync(path);
  } finally {
    watch[Symbol.dispose]();
    closeSync(fd);
  }
}

function openFifo(path: string, id: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    throw new AppError('conflict', `cannot start a container that has not been created: ${id}`, { cause: error });
  }
}

function hasByte(fd: number): boolean {
  try {
    return readSync(fd, Buffer.alloc(1)) === 1;
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return false;
    throw error;
  }
}
