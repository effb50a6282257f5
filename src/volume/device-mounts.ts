import { readFileSync } from 'node:fs';
import { hasCode, KeyedQueue, unescapeMountPath } from '../base/index.ts';
import { type Device, mountDevice, unmountDevice } from './device.ts';

/**
 * Which volumes' devices are mounted, and for whom: mounted for the first user, unmounted after the last. A user is a
 * container's run, or one copy of its files. What an earlier engine mounted is found again.
 */
export class DeviceMounts {
  readonly #users = new Map<string, Set<string>>();
  readonly #mounted: Set<string>;
  readonly #queue = new KeyedQueue();

  constructor(mounted: ReadonlySet<string> = mountPoints()) {
    this.#mounted = new Set(mounted);
  }

  /** Throws `invalid` when it cannot be mounted. Safe to repeat. */
  acquire(at: string, device: Device, user: string): Promise<void> {
    return this.#queue.run(at, async () => {
      if (!this.#mounted.has(at)) await mountDevice(at, device);
      this.#mounted.add(at);
      this.#of(at).add(user);
    });
  }

  /** A user that was there before this engine. */
  adopt(at: string, user: string): void {
    if (this.#mounted.has(at)) this.#of(at).add(user);
  }

  /** Safe to repeat. */
  release(at: string, user: string): Promise<void> {
    return this.#queue.run(at, async () => {
      this.#of(at).delete(user);
      if (this.#of(at).size > 0) return;
      this.#users.delete(at);
      await this.#unmount(at);
    });
  }

  async #unmount(at: string): Promise<void> {
    if (!this.#mounted.has(at)) return;
    try {
      await unmountDevice(at);
    } catch (error) {
      // Somebody else was faster.
      if (!hasCode(error, 'EINVAL') && !hasCode(error, 'ENOENT')) throw error;
    }
    this.#mounted.delete(at);
  }

  #of(at: string): Set<string> {
    const users = this.#users.get(at) ?? new Set();
    this.#users.set(at, users);
    return users;
  }
}

/** proc_pid_mountinfo(5). */
function mountPoints(): Set<string> {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const paths = lines.map((line) => line.split(' ')[4] ?? '');
  return new Set(paths.map(unescapeMountPath));
}
