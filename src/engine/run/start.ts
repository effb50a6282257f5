import { mkdir } from 'node:fs/promises';
import { AppError, messageOf } from '../../base/index.ts';
import { resolveUser, type SpecInput } from '../../runtime/index.ts';
import { letGo } from '../archive/borrow.ts';
import { announce, announceNetworks, announceVolumes } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import { type ContainerRecord, never } from '../container/record.ts';
import { linkedTo } from '../create/links.ts';
import { logLimits } from '../create/log-options.ts';
import type { Parts } from '../parts.ts';
import { environment } from './environment.ts';
import { exitCodeOf } from './exit-code.ts';
import { prepareMounts } from './mounts.ts';
import { ipcMode, pidMode } from './namespaces.ts';
import { joinNetwork, leaveNetwork } from './network.ts';
import { removeRecord } from './remove.ts';
import { specInput } from './spec.ts';
import { releaseVolumes } from './volumes.ts';

/**
 * One container's way in: root file system, sandbox and process side by side, then go. On failure everything is undone
 * in reverse and the container is as it was, with the reason in its state. Runs in the container's queue.
 */
export async function startContainer(parts: Parts, container: Container): Promise<void> {
  if (container.state.status === 'removing' || container.state.status === 'dead') {
    throw new AppError('conflict', 'container is marked for removal and cannot be started');
  }
  if (container.state.status === 'paused') {
    throw new AppError('conflict', 'cannot start a paused container, try unpause instead');
  }
  if (container.running) throw new AppError('not-modified', `container ${container.id} is already running`);
  clearTimeout(container.restartTimer);
  try {
    await bringUp(parts, container);
  } catch (error) {
    container.dropPending();
    container.update({
      state: { status: failedStatus(container), pid: 0, error: messageOf(error), exitCode: exitCodeOf(error) },
    });
    // Nobody will see it end, so it is removed here; `docker run --rm` waits for that.
    if (container.record.hostConfig.AutoRemove) await removeRecord(parts, container, { volumes: true });
    throw error;
  }
  announce(parts, container, 'start');
}

async function bringUp(parts: Parts, container: Container): Promise<void> {
  const { id, record } = container;
  await using undo = new AsyncDisposableStack();

  undo.defer(() => letGo(parts, container));
  undo.defer(() => releaseVolumes(parts, container));
  undo.defer(() => leaveNetwork(parts, container));
  const { spec, kept } = await prepare(parts, container);

  undo.defer(() => parts.runtime.delete(id, containerFiles(parts, id).bundle));
  const { pid } = await parts.runtime.create({
    spec,
    bundle: containerFiles(parts, id).bundle,
    openStdin: record.config.OpenStdin,
    stdinOnce: record.config.StdinOnce,
    ...logFile(parts, record),
  });
  await container.attachPending(() => parts.runtime.attach(id, { stdin: record.config.OpenStdin }));
  announceVolumes(parts, container, 'mount');
  if (!kept) announceNetworks(parts, container, 'connect');
  // Before the process can say anything: clients ask for the log since then.
  const startedAt = new Date().toISOString();
  await parts.runtime.start(id);

  undo.move();
  container.update({
    stoppedByUser: false,
    state: {
      status: 'running',
      pid,
      exitCode: 0,
      error: '',
      oomKilled: false,
      startedAt,
      finishedAt: container.state.finishedAt,
    },
  });
}

/** Of one file the monitor keeps the size itself; several are kept by `LogRotation`. */
function logFile(parts: Parts, { id, hostConfig }: ContainerRecord): { logPath?: string; logMaxBytes?: number } {
  if (hostConfig.LogConfig.Type === 'none') return {};
  const { maxBytes, files } = logLimits(hostConfig.LogConfig);
  return { logPath: containerFiles(parts, id).log, logMaxBytes: files === 1 ? maxBytes : 0 };
}

/** Root file system and sandbox at once, then what depends on both. */
async function prepare(
  parts: Parts,
  container: Container,
): Promise<{ readonly spec: SpecInput; readonly kept: boolean }> {
  const { id, record } = container;
  const files = containerFiles(parts, id);
  await mkdir(files.bundle, { recursive: true, mode: 0o700 });
  const [root, network] = await Promise.allSettled([
    parts.images.rootfs.mount(id, record.imageId),
    joinNetwork(parts, container),
  ]);
  if (root.status === 'rejected') throw root.reason;
  if (network.status === 'rejected') throw network.reason;
  const user = resolveUser(root.value, record.config.User, record.hostConfig.GroupAdd);
  const mounts = await prepareMounts(parts, container, network.value.filesOf);
  const spec = specInput(record, {
    rootfs: root.value,
    netns: network.value.netns,
    user,
    hostname: network.value.hostname,
    mounts,
    env: environment(record, user.home, linkedTo(parts, container)),
    cgroupParent: parts.options.cgroupParent,
    pid: pidMode(parts, record.hostConfig.PidMode),
    ipc: ipcMode(parts, id, record.hostConfig.IpcMode),
    cgroupns: record.hostConfig.CgroupnsMode === 'private' ? 'private' : 'host',
  });
  return { spec, kept: network.value.kept };
}

const failedStatus = ({ state }: Container): 'created' | 'exited' => (state.startedAt === never ? 'created' : 'exited');
