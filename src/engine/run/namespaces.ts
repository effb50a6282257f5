import { join } from 'node:path';
import { AppError } from '../../base/index.ts';
import { type IpcMode, type SpecInput, sharedMemoryPath } from '../../runtime/index.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import type { Parts } from '../parts.ts';

/** `--pid`: "" is its own; "host"; "container:<ref>" that container's. */
export function pidMode(parts: Parts, mode: string): SpecInput['pid'] {
  if (mode === 'host') return 'host';
  if (!mode.startsWith('container:')) return 'private';
  return { path: namespacePath(runningOther(parts, mode, 'PID'), 'pid') };
}

/** `--ipc`: "none", "private", "shareable" and "host" as they are; of another container only what it shares. */
export function ipcMode(parts: Parts, id: string, mode: string): IpcMode {
  if (mode === 'shareable') return { shm: sharedMemoryPath(containerFiles(parts, id).bundle) };
  if (!mode.startsWith('container:')) return mode as 'none' | 'private' | 'host';
  const other = runningOther(parts, mode, 'IPC');
  const shared = other.record.hostConfig.IpcMode;
  if (shared === 'host' || shared.startsWith('container:')) return ipcMode(parts, other.id, shared);
  if (shared !== 'shareable') {
    throw new AppError(
      'conflict',
      `can't join IPC of container ${other.id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`,
    );
  }
  return { path: namespacePath(other, 'ipc'), shm: sharedMemoryPath(containerFiles(parts, other.id).bundle) };
}

function runningOther(parts: Parts, mode: string, kind: string): Container {
  const other = parts.containers.find(mode.slice('container:'.length));
  if (!other.running) throw new AppError('conflict', `cannot join ${kind} of a non running container: ${other.id}`);
  return other;
}

const namespacePath = ({ state }: Container, kind: 'pid' | 'ipc'): string =>
  join('/proc', String(state.pid), 'ns', kind);
