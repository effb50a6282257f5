import { existsSync, mkdirSync } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, KeyedQueue, newId } from '../base/index.ts';
import { MNT_DETACH, UMOUNT_NOFOLLOW, umountAsync } from '../syscall/mount.ts';
import { hexOf } from './content.ts';
import { mountOverlay } from './overlay.ts';
import type { Trash } from './trash.ts';

const unfinished = '.new-';

/** What a runtime mounts over, and the file by which programs see that they are in a container. */
const folders = ['dev/pts', 'dev/shm', 'proc', 'sys'];
const files = ['.dockerenv', 'dev/console', 'etc/hostname', 'etc/hosts', 'etc/resolv.conf'];
const mode = 0o755;

/**
 * One layer for each image, between its layers and what its containers write: <root>/init/<image id>. It holds the
 * targets of the mounts that every container has, so that they are no change of the container's.
 */
export class InitLayers {
  readonly #root: string;
  readonly #trash: Trash;
  readonly #queue = new KeyedQueue();

  constructor(root: string, trash: Trash) {
    this.#root = join(root, 'init');
    this.#trash = trash;
  }

  /** Clears what a killed engine was still making. */
  async start(): Promise<void> {
    mkdirSync(this.#root, { recursive: true, mode });
    for (const name of await readdir(this.#root)) {
      if (!/^[0-9a-f]{64}$/.test(name)) await this.#clear(join(this.#root, name));
    }
  }

  path(imageId: string): string {
    return join(this.#root, hexOf(imageId));
  }

  /** Makes it, unless it is there. `lower` are the image's layers, topmost first. */
  async ensure(imageId: string, lower: readonly string[]): Promise<void> {
    if (existsSync(this.path(imageId))) return;
    await this.#queue.run(imageId, async () => {
      if (!existsSync(this.path(imageId))) await this.#make(this.path(imageId), lower);
    });
  }

  async #make(path: string, lower: readonly string[]): Promise<void> {
    const home = join(this.#root, `${unfinished}${newId().slice(0, 16)}`);
    const [upper, work, merged] = ['upper', 'work', 'merged'].map((name) => join(home, name)) as [
      string,
      string,
      string,
    ];
    try {
      for (const folder of [home, upper, work, merged]) await mkdir(folder, { mode });
      if (lower.length === 0) await fill(upper);
      else {
        await mountOverlay({ lower, upper, work, merged, volatile: true });
        await fill(merged);
        await umountAsync(merged, MNT_DETACH | UMOUNT_NOFOLLOW);
      }
      await rename(upper, path);
    } finally {
      await this.#clear(home);
    }
  }

  async #clear(home: string): Promise<void> {
    await umountAsync(join(home, 'merged'), MNT_DETACH | UMOUNT_NOFOLLOW).catch((error: unknown) => {
      if (!hasCode(error, 'EINVAL') && !hasCode(error, 'ENOENT')) throw error;
    });
    await this.#trash.discard(home);
  }

  /** Takes away those of images that are gone. */
  async collect(images: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.#root)) {
      if (/^[0-9a-f]{64}$/.test(name) && !images.has(`sha256:${name}`))
        await this.#trash.discard(join(this.#root, name));
    }
  }
}

/** Nobody else works in `root`: what is checked stays so. */
async function fill(root: string): Promise<void> {
  for (const path of folders) await makeFolder(root, path.split('/'));
  for (const path of files) {
    const parts = path.split('/');
    await makeFolder(root, parts.slice(0, -1));
    await replace(join(root, path), (target) => writeFile(target, '', { mode, flag: 'wx' }));
  }
  await replace(join(root, 'etc/mtab'), (target) => symlink('/proc/mounts', target));
}

/** A file or link of the image's in a folder's place gives way: nothing may lead out of the root. */
async function makeFolder(root: string, parts: readonly string[]): Promise<void> {
  let path = root;
  for (const part of parts) {
    path = join(path, part);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isDirectory()) continue;
    if (stats !== undefined) await unlink(path);
    await mkdir(path, { mode });
  }
}

async function replace(path: string, make: (path: string) => Promise<void>): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await make(path);
}
