import { mkdir, open, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, hasCode, KeyedQueue, newId } from '../base/index.ts';
import { type Compression, magicBytes, mediaTypes, sniff } from './compression.ts';
import { type ContentStore, hexOf, type Spooled } from './content.ts';
import type { Job } from './extract/job.ts';
import { extract } from './extract/run.ts';
import type { LayerRecord, Records } from './records.ts';
import type { Trash } from './trash.ts';

const incoming = '.incoming-';

/** A layer on its way in. */
export type LayerArchive = Spooled & {
  /** What the digest of the uncompressed archive must be. */
  readonly diffId: string;
  /** Place in its image, for Docker's error text. */
  readonly position: number;
};

/**
 * Unpacked layers, <root>/layers/<diff id>/, each with a short link <root>/l/<n> for mount options. A folder under its
 * diff id is whole: it was unpacked under another name, checked, and renamed.
 */
export class LayerStore implements AsyncDisposable {
  readonly #root: string;
  readonly #records: Records<LayerRecord>;
  readonly #content: ContentStore;
  readonly #trash: Trash;
  readonly #queue = new KeyedQueue();
  readonly #stopping = new AbortController();
  /** Layers that a load in progress counts on, though no image has them yet. */
  readonly #held = new Map<string, number>();

  constructor(root: string, records: Records<LayerRecord>, content: ContentStore, trash: Trash) {
    this.#root = root;
    this.#records = records;
    this.#content = content;
    this.#trash = trash;
  }

  /** Makes the folders, and removes what was being unpacked or linked when an engine was killed. */
  async start(): Promise<void> {
    await mkdir(join(this.#root, 'layers'), { recursive: true, mode: 0o711 });
    await mkdir(join(this.#root, 'l'), { recursive: true, mode: 0o711 });
    const known = new Set(this.#records.all().map((layer) => hexOf(layer.id)));
    for (const name of await readdir(join(this.#root, 'layers'))) {
      if (!known.has(name)) await this.#trash.discard(join(this.#root, 'layers', name));
    }
    const links = new Set(this.#records.all().map((layer) => layer.link));
    for (const name of await readdir(join(this.#root, 'l'))) {
      if (!links.has(name)) await rm(join(this.#root, 'l', name));
    }
  }

  get(diffId: string): LayerRecord {
    const layer = this.#records.get(diffId);
    if (layer === undefined) throw new AppError('internal', `layer ${diffId} is missing`);
    return layer;
  }

  has(diffId: string): boolean {
    return this.#records.get(diffId) !== undefined;
  }

  rememberPacked(diffId: string, packed: LayerRecord['packed'] & object): void {
    this.#records.put({ ...this.get(diffId), packed });
  }

  folder(diffId: string): string {
    return join(this.#root, 'layers', hexOf(diffId));
  }

  linkPath(diffId: string): string {
    return join(this.#root, 'l', this.get(diffId).link);
  }

  /** Bytes of all unpacked layers. */
  size(): number {
    return this.#records.all().reduce((sum, layer) => sum + layer.size, 0);
  }

  /** Keeps layers from `collect` until disposed of. */
  hold(diffIds: readonly string[]): Disposable {
    for (const id of diffIds) this.#held.set(id, (this.#held.get(id) ?? 0) + 1);
    return {
      [Symbol.dispose]: () => {
        for (const id of diffIds) {
          const left = this.#held.get(id)! - 1;
          if (left > 0) this.#held.set(id, left);
          else this.#held.delete(id);
        }
      },
    };
  }

  /** Unpacks the archives that are not here yet, one after another; yields each as it is done. The caller holds them. */
  async *add(archives: readonly LayerArchive[]): AsyncGenerator<LayerArchive> {
    await using undo = new AsyncDisposableStack();
    const jobs: Job[] = [];
    for (const archive of archives) {
      const compression = await compressionOf(archive.path);
      // Saves unpacking what cannot fit: of a plain archive the digest is known already.
      if (compression === 'none') checkDiffId(archive, archive.digest);
      const target = join(this.#root, 'layers', `${incoming}${newId().slice(0, 16)}`);
      await mkdir(target, { mode: 0o755 });
      undo.defer(() => this.#trash.discard(target));
      jobs.push({ blob: archive.path, compression, target });
    }
    let at = 0;
    for await (const result of extract(jobs, this.#stopping.signal)) {
      const [archive, job] = [archives[at]!, jobs[at]!];
      checkDiffId(archive, result.diffId ?? archive.digest);
      await this.#queue.run(archive.diffId, () => this.#commit(archive, job, result.size));
      yield archive;
      at++;
    }
  }

  /** Another load may have been faster. */
  async #commit(archive: LayerArchive, { target, compression }: Job, size: number): Promise<void> {
    const id = archive.diffId;
    if (this.has(id)) return;
    if (compression !== 'none' && compression !== 'gzip' && compression !== 'zstd') {
      throw new AppError('internal', `a layer compressed with ${compression} was unpacked`);
    }
    await this.#content.keep(archive);
    await rename(target, this.folder(id));
    const link = await this.#link(id);
    const blob = { blob: archive.digest, blobSize: archive.size, mediaType: mediaTypes[compression] };
    this.#records.put({ id, ...blob, size, link });
  }

  /** The lowest number that is free, in base 36. */
  async #link(diffId: string): Promise<string> {
    for (let n = this.#records.all().length; ; n++) {
      const link = n.toString(36);
      try {
        await symlink(join('..', 'layers', hexOf(diffId)), join(this.#root, 'l', link));
        return link;
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
        if ((await readlink(join(this.#root, 'l', link))).endsWith(hexOf(diffId))) return link;
      }
    }
  }

  /** Removes every layer that neither an image (`used` is asked each time) nor a load in progress needs. */
  async collect(used: () => ReadonlySet<string>): Promise<void> {
    const needed = used();
    for (const layer of this.#records.all()) {
      if (needed.has(layer.id)) continue;
      await this.#queue.run(layer.id, async () => {
        if (!this.#held.has(layer.id) && !used().has(layer.id)) await this.#remove(layer);
      });
    }
  }

  async #remove(layer: LayerRecord): Promise<void> {
    // The record goes first: what a crash leaves after it is swept at the next start.
    this.#records.delete(layer.id);
    await rm(join(this.#root, 'l', layer.link), { force: true });
    await this.#trash.discard(this.folder(layer.id));
    const shared = this.#records.all().some((other) => other.blob === layer.blob);
    if (!shared) await this.#trash.discard(this.#content.path(layer.blob));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
  }
}

function checkDiffId({ diffId, position }: LayerArchive, got: string): void {
  if (got === diffId) return;
  throw new AppError('invalid', `invalid diffID for layer ${position}: expected "${diffId}", got "${got}"`);
}

async function compressionOf(path: string): Promise<Compression> {
  await using file = await open(path, 'r');
  const { buffer } = await file.read(Buffer.alloc(magicBytes), 0, magicBytes, 0);
  return sniff(buffer);
}
