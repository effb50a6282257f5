import { AppError, newId } from '../../base/index.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';
import { releaseImages } from '../run/volumes.ts';

export type Borrowed = AsyncDisposable & {
  /** Where the root file system is mounted on the host. */
  readonly rootfs: string;
  /** As whom it has volumes mounted; they are let go of with it. */
  readonly user: string;
  /** Aborted when the container is removed meanwhile, or the asker's own signal is. */
  readonly signal: AbortSignal;
};

/**
 * Holds a container's root file system mounted until the result is disposed of, whether it starts, ends or neither
 * meanwhile: two mounts over one upper folder would not see each other's changes. Removing the container ends the hold.
 */
export async function borrowRoot(parts: Parts, container: Container, signal: AbortSignal): Promise<Borrowed> {
  const stop = new AbortController();
  const user = `${container.id} ${newId()}`;
  const rootfs = await parts.queue.run(container.id, async () => {
    checkThere(parts, container);
    const path = await parts.images.rootfs.mount(container.id, container.record.imageId);
    container.borrowers.add(stop);
    return path;
  });
  return {
    rootfs,
    user,
    signal: AbortSignal.any([signal, stop.signal]),
    [Symbol.asyncDispose]: () =>
      parts.queue.run(container.id, async () => {
        container.borrowers.delete(stop);
        await parts.volumes.unmountAll(container.id, user);
        if (parts.containers.byId(container.id) !== container || container.running) return;
        await letGo(parts, container);
        if (container.borrowers.size === 0) await releaseImages(parts, container);
      }),
  };
}

/** Reads what a container wrote. When it is removed meanwhile that is what is told, not which file was missed. */
export async function readingRoot<T>(parts: Parts, container: Container, read: () => Promise<T>): Promise<T> {
  await using held = await borrowRoot(parts, container, new AbortController().signal);
  held.signal.throwIfAborted();
  try {
    return await read();
  } catch (error) {
    held.signal.throwIfAborted();
    throw error;
  }
}

function checkThere(parts: Parts, container: Container): void {
  if (container.state.status === 'removing' || parts.containers.byId(container.id) !== container) {
    throw new AppError('not-found', `No such container: ${container.id}`);
  }
}

/** Unmounts the root file system of a container that does not run, unless somebody holds it. */
export async function letGo(parts: Pick<Parts, 'images'>, container: Container): Promise<void> {
  if (container.borrowers.size === 0) await parts.images.rootfs.unmount(container.id);
}

/** For a container that is being removed. */
export function endBorrowing({ borrowers, record }: Container): void {
  for (const stop of borrowers) stop.abort(new AppError('not-found', `No such container: ${record.id}`));
}
