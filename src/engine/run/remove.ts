import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../base/index.ts';
import { endBorrowing } from '../archive/borrow.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import { containerFiles, removeFolder } from '../container/files.ts';
import type { Parts } from '../parts.ts';
import { sendIfAlive } from './signal.ts';
import { tearDown } from './tear-down.ts';
import { releaseImages } from './volumes.ts';

const SIGKILL = 9;

export type RemoveOptions = { readonly force: boolean; readonly volumes: boolean };

/** DELETE /containers/{id}: refuses a running one unless forced. */
export async function removeContainer(parts: Parts, container: Container, options: RemoveOptions): Promise<void> {
  for (let removed = false; !removed; ) {
    if (options.force) await endRun(parts, container);
    removed = await parts.queue.run(container.id, async () => {
      if (parts.containers.byId(container.id) === undefined) return true; // --rm was faster
      if (container.running && options.force) return false; // it was being started while we ended its last run
      const restarts = container.state.status === 'restarting';
      if (container.running || (restarts && !options.force)) throw new AppError('conflict', refusal(container));
      clearTimeout(container.restartTimer);
      await tearDown(parts, container);
      await removeRecord(parts, container, options);
      return true;
    });
    // Whatever keeps it from ending must not keep the engine from everything else.
    if (!removed) await nextTurn();
  }
}

async function endRun(parts: Parts, container: Container): Promise<void> {
  if (!container.running) return;
  container.update({ stoppedByUser: true });
  await sendIfAlive(parts, container, SIGKILL);
  await container.ended;
}

const refusal = ({ state, record }: Container): string =>
  state.status === 'paused'
    ? `cannot remove container "${record.name}": container is paused and must be unpaused first`
    : `cannot remove container "${record.name}": container is ${state.status}: stop the container before removing or force remove`;

/**
 * With `volumes`, the nameless ones go along that nobody else has. The record goes last of all that is durable: an engine
 * killed in between finishes the removal when it starts.
 */
export async function removeRecord(
  parts: Parts,
  container: Container,
  { volumes }: Pick<RemoveOptions, 'volumes'>,
): Promise<void> {
  const { exitCode } = container.state;
  container.update({ removesVolumes: volumes, state: { status: 'removing' } });
  endBorrowing(container);
  await Promise.all([
    parts.network.forget(container.id),
    parts.images.rootfs.remove(container.id),
    releaseImages(parts, container),
    removeFolder(containerFiles(parts, container.id).dir),
    removeFolder(containerFiles(parts, container.id).bundle),
  ]);
  const taken = volumes
    ? container.record.mounts.flatMap(({ nameless, Name }) => (nameless && Name ? [Name] : []))
    : [];
  for (const name of await parts.volumes.releaseAll(container.id, taken))
    parts.events.emit('volume', 'destroy', name, { driver: 'local' });
  parts.containers.delete(container);
  parts.execs.forgetContainer(container.id);
  container.dropPending();
  if (!container.record.unfinished) announce(parts, container, 'destroy');
  container.waiters.tell('removed', exitCode, '');
}
