import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { lstat, opendir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, hasCode, newId } from '../base/index.ts';
import { checkVolume } from './check.ts';
import { copyUp } from './copy-up.ts';
import { deviceOf } from './device.ts';
import { DeviceMounts } from './device-mounts.ts';
import type { VolumeCreate, VolumeRecord, VolumeStore } from './record.ts';
import { pinSubpath } from './subpath.ts';

/** What Docker marks nameless volumes with. */
const anonymousLabel = 'com.docker.volume.anonymous';

/** What a folder begins with that holds the folder of a volume that is being removed, `.id/name`; no volume's name does. */
const removedMark = '.';

/** Named and anonymous volumes of the `local` driver: folders below the data root that outlive containers. */
export class Volumes {
  readonly #root: string;
  readonly #store: VolumeStore;
  readonly #devices = new DeviceMounts();

  constructor(deps: { readonly dataRoot: string; readonly store: VolumeStore }) {
    this.#root = join(deps.dataRoot, 'volumes');
    this.#store = deps.store;
  }

  list(): readonly VolumeRecord[] {
    return this.#store.all();
  }

  get(name: string): VolumeRecord {
    const record = this.#store.get(name);
    if (record === undefined) throw new AppError('not-found', `get ${name}: no such volume`);
    return record;
  }

  mountpoint(name: string): string {
    return join(this.#root, name, '_data');
  }

  /** Bytes of the files in it. */
  async size(name: string): Promise<number> {
    let bytes = 0;
    try {
      for await (const entry of await opendir(this.mountpoint(name), { recursive: true })) {
        if (!entry.isFile()) continue;
        const info = await lstat(join(entry.parentPath, entry.name)).catch(() => undefined);
        bytes += info?.size ?? 0;
      }
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error; // removed while we look
    }
    return bytes;
  }

  /** Returns the one that exists already under this name. With `user`, that container uses it from the first moment. */
  async create(
    request: VolumeCreate,
    user?: string,
  ): Promise<{ readonly record: VolumeRecord; readonly fresh: boolean }> {
    checkVolume(request);
    const existing = this.#store.get(request.name);
    if (existing !== undefined) {
      if (user !== undefined) this.acquire(request.name, user);
      return { record: existing, fresh: false };
    }
    const { anonymous = request.name === '' } = request;
    const record: VolumeRecord = {
      id: request.name === '' ? newId() : request.name,
      created: new Date().toISOString(),
      driver: 'local',
      options: request.options,
      labels: anonymous ? { ...request.labels, [anonymousLabel]: '' } : request.labels,
      anonymous,
      users: user === undefined ? [] : [user],
    };
    // Without a pause in between: somebody else may make it, or remove what nobody uses, at the same time.
    mkdirSync(join(this.#root, record.id), { recursive: true, mode: 0o701 });
    mkdirSync(this.mountpoint(record.id), { recursive: true, mode: 0o755 }); // any user of a container may look in
    this.#store.put(record);
    return { record, fresh: true };
  }

  /**
   * Makes a volume's content be at its mountpoint: a volume with options is a device, mounted while somebody uses it.
   * `user` is a container's run or a copy of its files. Throws `invalid` when it cannot be mounted.
   */
  async mount(name: string, user: string): Promise<void> {
    const device = deviceOf(this.get(name).options);
    if (device !== undefined) await this.#devices.acquire(this.mountpoint(name), device, user);
  }

  /** A user that an earlier engine mounted volumes for. */
  adopt(containerId: string, user: string): void {
    for (const { id } of this.#devicesOf(containerId)) this.#devices.adopt(this.mountpoint(id), user);
  }

  /** Undoes `mount` for all volumes of a container. Safe to repeat. */
  async unmountAll(containerId: string, user: string): Promise<void> {
    for (const { id } of this.#devicesOf(containerId)) await this.#devices.release(this.mountpoint(id), user);
  }

  #devicesOf(containerId: string): readonly VolumeRecord[] {
    return this.#store
      .all()
      .filter(({ users, options }) => users.includes(containerId) && deviceOf(options) !== undefined);
  }

  /** Marks a container as user. A new volume is filled with what the image has at the place it is mounted over. */
  acquire(name: string, containerId: string): void {
    const record = this.get(name);
    if (!record.users.includes(containerId)) this.#store.put({ ...record, users: [...record.users, containerId] });
  }

  /** Mounts a part of a volume, looked up inside it, at `at`, which is made. Throws `invalid` when it is not there. */
  pin(name: string, subpath: string, at: string): Promise<void> {
    return pinSubpath(this.mountpoint(name), subpath, at);
  }

  /** Whether there is nothing in a volume, mounted if it has to be. */
  async isEmpty(name: string): Promise<boolean> {
    return (await readdir(this.mountpoint(name))).length === 0;
  }

  /** Copies what an image has at `path` (looked up inside `rootfs`) into a volume that is still empty. */
  fill(name: string, rootfs: string, path: string): Promise<void> {
    const { users, options } = this.get(name);
    const isAlone = users.length <= 1 && deviceOf(options) === undefined;
    return copyUp(rootfs, path, this.mountpoint(name), isAlone ? join(this.#root, name, '_filling') : undefined);
  }

  /** The container is gone, and with it those of the volumes in `taken` that only it used, which are returned. */
  async releaseAll(containerId: string, taken: readonly string[]): Promise<readonly string[]> {
    const gone: string[] = [];
    for (const { id } of this.#store.all().filter(({ users }) => users.includes(containerId))) {
      // It keeps its user to the end: an engine killed in between would not find it again.
      if (taken.includes(id) && (await this.#deleted(id, containerId))) {
        gone.push(id);
        continue;
      }
      const record = this.#store.get(id);
      if (record !== undefined) this.#store.put({ ...record, users: without(record.users, containerId) });
    }
    return gone;
  }

  async remove(name: string, force: boolean): Promise<boolean> {
    const record = this.#store.get(name);
    if (record === undefined) {
      if (force) return false;
      throw new AppError('not-found', `get ${name}: no such volume`);
    }
    if (record.users.length === 0 && (await this.#deleted(name))) return true;
    const { users } = this.get(name);
    throw new AppError('conflict', `remove ${name}: volume is in use - [${users.join(', ')}]`);
  }

  /** Undoes and ends what an engine was killed in: folders without a record and without content, and removals. */
  async removeStrays(): Promise<void> {
    const names: readonly string[] = await readdir(this.#root).catch(() => []);
    for (const name of names) {
      if (name.startsWith(removedMark)) {
        const removed: readonly string[] = await readdir(join(this.#root, name)).catch(() => []);
        for (const volume of removed) if (!names.includes(volume)) this.#store.delete(volume);
        await rm(join(this.#root, name), { recursive: true, force: true });
      } else if (this.#store.get(name) === undefined) {
        for (const folder of [this.mountpoint(name), join(this.#root, name)]) await rmdir(folder).catch(() => {});
      }
    }
  }

  /** Whether it was: not when somebody besides `user` has it, which may be since a moment ago. */
  async #deleted(name: string, user?: string): Promise<boolean> {
    // A device that is still mounted, after a crash, holds what is not ours to delete.
    await this.#devices.release(this.mountpoint(name), '');
    const record = this.#store.get(name);
    if (record === undefined || without(record.users, user).length > 0) return false;
    // Out of its place first: an engine killed in between leaves it whole or gone, never with a part of its files.
    const removed = join(this.#root, `${removedMark}${newId()}`);
    if (existsSync(join(this.#root, name))) {
      mkdirSync(removed);
      renameSync(join(this.#root, name), join(removed, name));
    }
    this.#store.delete(name);
    await rm(removed, { recursive: true, force: true });
    return true;
  }
}

const without = (users: readonly string[], user: string | undefined): readonly string[] =>
  users.filter((one) => one !== user);
