import { chmodSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, hasCode } from '../base/index.ts';
import { MNT_DETACH, mountAsync, UMOUNT_NOFOLLOW, umountAsync } from '../syscall/mount.ts';
import type { Catalog } from './catalog.ts';
import type { LayerStore } from './layers.ts';
import type { Trash } from './trash.ts';
import type { RootFs } from './types.ts';

/** mount(2) copies one page of options, its final NUL included. */
const pageSize = 4096;

export type RootFsDeps = {
  readonly root: string;
  readonly catalog: Catalog;
  readonly layers: LayerStore;
  readonly trash: Trash;
};

/** A container's root file system: <root>/overlay/<id>/{upper,work,merged} over the layers of its image. */
export class OverlayRootFs implements RootFs {
  readonly #deps: RootFsDeps;

  constructor(deps: RootFsDeps) {
    this.#deps = deps;
  }

  start(): void {
    mkdirSync(join(this.#deps.root, 'overlay'), { recursive: true, mode: 0o711 });
    mkdirSync(this.#init, { recursive: true, mode: 0o755 });
    closeSync(openSync(join(this.#init, '.dockerenv'), 'a', 0o755));
  }

  async mount(containerId: string, imageId: string): Promise<string> {
    const home = this.#home(containerId);
    const { upper, work, merged } = folders(home);
    mkdirSync(home, { recursive: true, mode: 0o710 });
    for (const folder of [upper, work, merged]) {
      // The upper folder's mode is the container's root folder's, whatever our umask.
      if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
    }
    if (isMountPoint(home, merged)) return merged;
    const lower = this.#lowers(imageId, 'link');
    const options = optionsOf(lower, upper, work);
    if (fits(options)) await mountAsync('overlay', merged, 'overlay', 0, options);
    else await this.#mountMany(lower, folders(home));
    return merged;
  }

  /** Names the layers through a descriptor of their folder, which is shorter when the data root's path is long. */
  async #mountMany(lower: readonly string[], { upper, work, merged }: Folders): Promise<void> {
    await using links = await open(join(this.#deps.root, 'l'), constants.O_DIRECTORY);
    const [init = '', ...layers] = lower;
    const options = optionsOf(
      [init, ...layers.map((path) => `/proc/self/fd/${links.fd}/${basename(path)}`)],
      upper,
      work,
    );
    if (!fits(options)) {
      throw new AppError('invalid', 'max depth exceeded: the image has more layers than fit in one overlay mount');
    }
    await mountAsync('overlay', merged, 'overlay', 0, options);
  }

  async unmount(containerId: string): Promise<void> {
    const { merged } = folders(this.#home(containerId));
    try {
      // The last step of an unmount writes the upper file system's dirty data to disk: never on the main thread.
      await umountAsync(merged, MNT_DETACH | UMOUNT_NOFOLLOW);
    } catch (error) {
      const isGone = hasCode(error, 'EINVAL') || hasCode(error, 'ENOENT');
      if (!isGone) throw error;
    }
  }

  async remove(containerId: string): Promise<void> {
    await this.unmount(containerId);
    await this.#deps.trash.discard(this.#home(containerId));
  }

  async size(containerId: string): Promise<number> {
    return sizeOf(folders(this.#home(containerId)).upper);
  }

  paths(containerId: string, imageId: string): ReturnType<RootFs['paths']> {
    return { lower: this.#lowers(imageId, 'folder').join(':'), ...folders(this.#home(containerId)) };
  }

  /** Lies over every image: the file by which programs see that they are in a container. */
  get #init(): string {
    return join(this.#deps.root, 'init');
  }

  #home(containerId: string): string {
    if (!/^[0-9a-zA-Z_.-]+$/.test(containerId) || containerId.startsWith('.')) {
      throw new AppError('invalid', `invalid container id: ${containerId}`);
    }
    return join(this.#deps.root, 'overlay', containerId);
  }

  /**
   * Topmost first. The kernel refuses a layer given twice (ELOOP); of two equal ones only the upper can be seen.
   */
  #lowers(imageId: string, form: 'link' | 'folder'): string[] {
    const { catalog, layers } = this.#deps;
    const ids = new Set(catalog.get(imageId).document.rootfs.diff_ids.toReversed());
    return [this.#init, ...[...ids].map((id) => (form === 'link' ? layers.linkPath(id) : layers.folder(id)))];
  }
}

/** The options that decide how upper folders are written are fixed, whatever the kernel was built with. */
function optionsOf(lower: readonly string[], upper: string, work: string): string {
  const dirs = `lowerdir=${lower.map(escaped).join(':')},upperdir=${escaped(upper)},workdir=${escaped(work)}`;
  return `${dirs},index=off,redirect_dir=off,metacopy=off`;
}

const fits = (options: string): boolean => Buffer.byteLength(options) < pageSize;

type Folders = { readonly upper: string; readonly work: string; readonly merged: string };
const folders = (home: string): Folders => ({
  upper: join(home, 'upper'),
  work: join(home, 'work'),
  merged: join(home, 'merged'),
});

/** Kernel documentation, filesystems/overlayfs: colons and commas of a path need a backslash. */
const escaped = (path: string): string => path.replace(/[\\:,]/g, '\\$&');

const isMountPoint = (parent: string, path: string): boolean => statSync(parent).dev !== statSync(path).dev;

/** Apparent bytes below a folder, each inode once. A folder that is not there has none. */
async function sizeOf(root: string): Promise<number> {
  const seen = new Set<number>();
  const waiting = [root];
  let total = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      const stats = entry.isFile() ? await lstat(path).catch(() => undefined) : undefined;
      if (stats === undefined || (stats.nlink > 1 && seen.has(stats.ino))) continue;
      if (stats.nlink > 1) seen.add(stats.ino);
      total += stats.size;
    }
  }
  return total;
}

async function entriesOf(folder: string): Promise<{ name: string; isDirectory(): boolean; isFile(): boolean }[]> {
  try {
    return await Array.fromAsync(await opendir(folder));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
