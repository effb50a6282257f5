import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../base/index.ts';
import {
  MNT_DETACH,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  mountAsync,
  UMOUNT_NOFOLLOW,
  umountAsync,
} from '../syscall/mount.ts';

/**
 * Where a /dev/shm that other containers can join lies on the host: a mount made inside a container's own mount
 * namespace cannot be bound into another's.
 */
export const sharedMemoryPath = (bundle: string): string => join(bundle, 'shm');

export async function mountSharedMemory(path: string, bytes: number): Promise<void> {
  await mkdir(path, { recursive: true });
  await mountAsync('shm', path, 'tmpfs', MS_NOSUID | MS_NODEV | MS_NOEXEC, `mode=1777,size=${bytes}`);
}

/** Safe to repeat. Those who still have it mounted keep it. */
export async function unmountSharedMemory(bundle: string): Promise<void> {
  const path = sharedMemoryPath(bundle);
  if (!existsSync(path)) return;
  try {
    await umountAsync(path, MNT_DETACH | UMOUNT_NOFOLLOW);
  } catch (error) {
    if (!hasCode(error, 'EINVAL')) throw error; // made, but never mounted on
  }
  await rmdir(path);
}
