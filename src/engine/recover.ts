import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/index.ts';
import type { Exit } from '../runtime/index.ts';
import { forgetContexts } from './build/context.ts';
import type { Container } from './container/container.ts';
import { containerFiles } from './container/files.ts';
import type { Parts } from './parts.ts';
import type { Lifecycle } from './run/lifecycle.ts';
import { rememberShares, resumeNetwork } from './run/network.ts';
import { removeRecord } from './run/remove.ts';
import { shouldRestart, startsWithEngine } from './run/restart-policy.ts';
import { tearDown } from './run/tear-down.ts';

/**
 * After a start of the engine: containers that still run are taken up again, those that ended meanwhile get their exit
 * recorded, half-made and half-removed ones are undone. One container's trouble never keeps the engine from starting.
 */
export async function recover(parts: Parts, lifecycle: Lifecycle): Promise<void> {
  rememberShares(parts);
  // Before any other lets go of a volume that they share.
  for (const { id, running } of parts.containers.all()) if (running) parts.volumes.adopt(id, id);
  await forgetContexts(parts);
  await Promise.all(
    parts.containers.withUnfinished().map(async (container) => {
      try {
        await recoverOne(parts, lifecycle, container);
      } catch (error) {
        parts.log.error(`container ${container.record.name}: cannot be recovered: ${messageOf(error)}`);
      }
    }),
  );
  await removeStrays(parts);
}

async function recoverOne(parts: Parts, lifecycle: Lifecycle, container: Container): Promise<void> {
  const { status } = container.state;
  const { buildStep, unfinished, removesVolumes = false } = container.record;
  if (status === 'removing' || buildStep || unfinished) {
    await tearDown(parts, container);
    return removeRecord(parts, container, { volumes: status === 'removing' ? removesVolumes : true });
  }
  const found = await parts.runtime.recover(container.id, containerFiles(parts, container.id).bundle);
  if (found.running && container.running) {
    lifecycle.watch(container);
    return resumeNetwork(parts, container);
  }
  // Running against its record: the engine was killed between starting the process and writing it down.
  await tearDown(parts, container);
  if (container.running) return foundEnded(parts, lifecycle, container, found.running ? undefined : found.exit);
  const { hostConfig, stoppedByUser } = container.record;
  const waits = status === 'exited' && startsWithEngine(hostConfig.RestartPolicy, stoppedByUser);
  if (status === 'restarting' || waits) lifecycle.restartLater(container);
}

/** It ended while nobody watched. An unknown exit code is 255, as Docker records it. */
async function foundEnded(
  parts: Parts,
  lifecycle: Lifecycle,
  container: Container,
  exit: Exit | undefined,
): Promise<void> {
  const { code, oomKilled, at } = exit ?? { code: 255, oomKilled: false, at: new Date() };
  const hadOom = oomKilled || container.state.oomKilled;
  const finishedAt = at.toISOString();
  container.update({ state: { status: 'exited', pid: 0, exitCode: code, oomKilled: hadOom, finishedAt } });
  const { hostConfig, stoppedByUser, restartCount } = container.record;
  if (shouldRestart(hostConfig.RestartPolicy, { exitCode: code, stoppedByUser, restartCount })) {
    container.update({ restartCount: restartCount + 1 });
    lifecycle.restartLater(container);
  } else if (hostConfig.AutoRemove) {
    await removeRecord(parts, container, { volumes: true });
  }
}

/** Folders that no record owns: an engine was killed while it made or removed a container. */
async function removeStrays(parts: Parts): Promise<void> {
  await parts.volumes.removeStrays();
  const { dataRoot, execRoot } = parts.options;
  for (const folder of [join(dataRoot, 'containers'), join(execRoot, 'bundles'), join(dataRoot, 'overlay')]) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      // What belongs to a container may have its id and a number for a name.
      if (parts.containers.byId(name.split('.', 1)[0]!) !== undefined) continue;
      await parts.runtime.delete(name, containerFiles(parts, name).bundle);
      await parts.images.rootfs.remove(name);
      await parts.network.forget(name);
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}
