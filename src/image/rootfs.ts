import { chmodSync, type Dirent, mkdirSync, statSync } from 'node:fs';
import { lstat, opendir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError, hasCode, newId } from '../base/index.ts';
import { MNT_DETACH, UMOUNT_NOFOLLOW, umountAsync } from '../syscall/mount.ts';
import type { Catalog } from './catalog.ts';
import { InitLayers } from './init-layers.ts';
import type { LayerStore } from './layers.ts';
import { type Folders, mountOverlay } from './overlay.ts';
import type { Change } from './pack/order.ts';
import { pack, packedLines } from './pack/run.ts';
import type { Trash } from './trash.ts';
import type { RootFs, WorkTree } from './types.ts';

const workPrefix = 'work-';

export type RootFsDeps = {
  readonly root: string;
  readonly catalog: Catalog;
  readonly layers: LayerStore;
  readonly trash: Trash;
};

/** A container's root file system: <root>/overlay/<id>/{upper,work,merged} over the layers of its image. */
export class OverlayRootFs implements RootFs {
  readonly #deps: RootFsDeps;
  readonly #init: InitLayers;
  /** Containers that somebody reads, by how many; and of these, who is to be unmounted then. */
  readonly #readers = new Map<string, number>();
  readonly #ended = new Set<string>();

  constructor(deps: RootFsDeps) {
    this.#deps = deps;
    this.#init = new InitLayers(deps.root, deps.trash);
  }

  async start(): Promise<void> {
    mkdirSync(join(this.#deps.root, 'overlay'), { recursive: true, mode: 0o711 });
    await this.#init.start();
    for (const name of await readdir(join(this.#deps.root, 'overlay'))) {
      if (name.startsWith(workPrefix)) await this.remove(name);
    }
  }

  async collect(images: ReadonlySet<string>): Promise<void> {
    await this.#init.collect(images);
  }

  mount(containerId: string, imageId: string): Promise<string> {
    this.#ended.delete(containerId);
    return this.#mount(containerId, imageId);
  }

  async #mount(containerId: string, imageId: string): Promise<string> {
    const home = this.#home(containerId);
    const { upper, work, merged } = makeFolders(home);
    if (isMountPoint(home, merged)) return merged;
    await this.#init.ensure(imageId, this.#layers(imageId, 'link'));
    await mountOverlay({ lower: this.#lowers(imageId, 'link'), upper, work, merged });
    return merged;
  }

  async view(name: string, imageId: string): Promise<string> {
    const home = this.#home(name);
    const { upper, work, merged } = makeFolders(home);
    if (!isMountPoint(home, merged)) await mountOverlay({ lower: this.#layers(imageId, 'link'), upper, work, merged });
    return merged;
  }

  async unmount(containerId: string): Promise<void> {
    if (this.#readers.has(containerId)) {
      this.#ended.add(containerId);
      return;
    }
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
    this.#readers.delete(containerId); // they read on what they have open
    await this.unmount(containerId);
    await this.#deps.trash.discard(this.#home(containerId));
  }

  async read(containerId: string, imageId: string): Promise<{ readonly merged: string } & AsyncDisposable> {
    const wasMounted = isMounted(this.#home(containerId));
    const merged = await this.#mount(containerId, imageId);
    this.#readers.set(containerId, (this.#readers.get(containerId) ?? 0) + 1);
    if (!wasMounted) this.#ended.add(containerId);
    return { merged, [Symbol.asyncDispose]: () => this.#release(containerId) };
  }

  async #release(containerId: string): Promise<void> {
    const left = (this.#readers.get(containerId) ?? 0) - 1;
    if (left > 0) this.#readers.set(containerId, left);
    else if (this.#readers.delete(containerId) && this.#ended.delete(containerId)) await this.unmount(containerId);
  }

  async changes(containerId: string, imageId: string): Promise<readonly Change[]> {
    const { root } = this.#deps;
    const { upper } = makeFolders(this.#home(containerId));
    const below = (path: string): string => Buffer.from(path.slice(root.length)).toString('latin1');
    await this.#init.ensure(imageId, this.#layers(imageId, 'link'));
    const lowers = this.#lowers(imageId, 'folder').map(below);
    return packedLines<Change>({ root, job: { form: 'changes', upper: below(upper), lowers } });
  }

  layer(containerId: string): Readable {
    const { upper } = makeFolders(this.#home(containerId));
    return pack({ root: upper, job: { form: 'layer', picks: [{ path: '/', name: '' }] } });
  }

  async workTree(imageId: string | undefined): Promise<WorkTree> {
    const id = `${workPrefix}${newId().slice(0, 16)}`;
    const { upper, work, merged } = makeFolders(this.#home(id));
    const lower = imageId === undefined ? [] : this.#layers(imageId, 'link');
    const done = { layer: () => this.layer(id), [Symbol.asyncDispose]: () => this.remove(id) };
    if (lower.length === 0) return { root: upper, ...done };
    try {
      await mountOverlay({ lower, upper, work, merged, volatile: true });
    } catch (error) {
      await this.remove(id);
      throw error;
    }
    return { root: merged, ...done };
  }

  async size(containerId: string): Promise<number> {
    return sizeOf(folders(this.#home(containerId)).upper);
  }

  paths(containerId: string, imageId: string): ReturnType<RootFs['paths']> {
    return { lower: this.#lowers(imageId, 'folder').join(':'), ...folders(this.#home(containerId)) };
  }

  #home(containerId: string): string {
    if (!/^[0-9a-zA-Z_.-]+$/.test(containerId) || containerId.startsWith('.')) {
      throw new AppError('invalid', `invalid container id: ${containerId}`);
    }
    return join(this.#deps.root, 'overlay', containerId);
  }

  /** Topmost first. */
  #lowers(imageId: string, form: 'link' | 'folder'): string[] {
    return [this.#init.path(this.#deps.catalog.get(imageId).id), ...this.#layers(imageId, form)];
  }

  /** Topmost first. The kernel refuses a layer given twice (ELOOP); of two equal ones only the upper can be seen. */
  #layers(imageId: string, form: 'link' | 'folder'): string[] {
    const { catalog, layers } = this.#deps;
    const ids = new Set(catalog.get(imageId).document.rootfs.diff_ids.toReversed());
    return [...ids].map((id) => (form === 'link' ? layers.linkPath(id) : layers.folder(id)));
  }
}

function makeFolders(home: string): Folders {
  const made = folders(home);
  mkdirSync(home, { recursive: true, mode: 0o710 });
  for (const folder of Object.values(made)) {
    // The upper folder's mode is the container's root folder's, whatever our umask.
    if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
  }
  return made;
}

const folders = (home: string): Folders => ({
  upper: join(home, 'upper'),
  work: join(home, 'work'),
  merged: join(home, 'merged'),
});

const isMounted = (home: string): boolean => {
  const { merged } = folders(home);
  return statSync(merged, { throwIfNoEntry: false }) !== undefined && isMountPoint(home, merged);
};
const isMountPoint = (parent: string, path: string): boolean => statSync(parent).dev !== statSync(path).dev;

/** Apparent bytes of files and symbolic links below a folder, each inode once. A folder that is not there has none. */
async function sizeOf(root: string): Promise<number> {
  const seen = new Set<number>();
  const waiting = [root];
  let total = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      const counts = entry.isFile() || entry.isSymbolicLink();
      const stats = counts ? await lstat(path).catch(() => undefined) : undefined;
      if (stats === undefined || (stats.nlink > 1 && seen.has(stats.ino))) continue;
      if (stats.nlink > 1) seen.add(stats.ino);
      total += stats.size;
    }
  }
  return total;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await Array.fromAsync(await opendir(folder));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
