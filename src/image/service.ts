import { mkdirSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { AppError, type Log } from '../base/index.ts';
import { applyChanges } from '../build/index.ts';
import { load } from './archive/load.ts';
import { type Saved, save } from './archive/save.ts';
import { busyboxDocument, busyboxLayer } from './busybox.ts';
import { Catalog } from './catalog.ts';
import { decompressed } from './compression.ts';
import { ContentStore, type Spooled } from './content.ts';
import { architecture } from './document.ts';
import { extend, extendAs } from './extend.ts';
import { historyOf } from './history.ts';
import { LayerStore } from './layers.ts';
import type { ImageStore } from './records.ts';
import { familiarName, isTag, parseReference, type Reference, withTag } from './reference.ts';
import type { Distribution } from './registry/login.ts';
import type { Credentials, RegistryOptions } from './registry/options.ts';
import type { Registries } from './registry/registries.ts';
import type { Found, Search } from './registry/search.ts';
import { type RemoveOptions, remove } from './remove.ts';
import { OverlayRootFs } from './rootfs.ts';
import { Trash } from './trash.ts';
import type { Image, ImageDocument, Images, NewImage, Progress } from './types.ts';

export type ImagesDeps = {
  /** Absolute path on a file system that can be an overlay's upper (ext4, xfs, btrfs). */
  readonly dataRoot: string;
  readonly store: ImageStore;
  readonly log: Log;
  /** How registries are reached, asked each time, since it may change; undefined: none is. */
  readonly registry?: { readonly options: () => RegistryOptions; readonly agent: string };
};

export function createImages(deps: ImagesDeps): Images {
  return new ImageService(deps);
}

class ImageService implements Images {
  readonly rootfs: OverlayRootFs;
  readonly #dataRoot: string;
  readonly #store: ImageStore;
  readonly #catalog: Catalog;
  readonly #content: ContentStore;
  readonly #layers: LayerStore;
  readonly #trash: Trash;
  readonly #log: Log;
  readonly #registry: ImagesDeps['registry'];
  #registries: Promise<Registries> | undefined;

  constructor({ dataRoot, store, log, registry }: ImagesDeps) {
    this.#log = log;
    this.#registry = registry;
    this.#dataRoot = dataRoot;
    this.#store = store;
    this.#catalog = new Catalog(store);
    this.#content = new ContentStore(dataRoot);
    this.#trash = new Trash(dataRoot, log);
    this.#layers = new LayerStore(dataRoot, store.layers, this.#content, this.#trash);
    const shared = { catalog: this.#catalog, layers: this.#layers, trash: this.#trash };
    this.rootfs = new OverlayRootFs({ root: dataRoot, ...shared });
  }

  async start(): Promise<void> {
    mkdirSync(this.#dataRoot, { recursive: true, mode: 0o711 });
    await this.#trash.start();
    await this.#content.start(this.#store.layers.all().map((layer) => layer.blob));
    await this.#layers.start();
    await this.rootfs.start();
    await this.#collect();
  }

  list(): readonly Image[] {
    return this.#catalog.list();
  }

  get(ref: string): Image {
    return this.#catalog.get(ref);
  }

  async tag(ref: string, repo: string, tag: string): Promise<void> {
    const name = nameOf(repo, tag);
    this.#catalog.tag(name, this.#catalog.get(ref).id);
  }

  async remove(ref: string, options: RemoveOptions): ReturnType<Images['remove']> {
    const report = remove(this.#catalog, ref, options);
    await this.#collect();
    return report;
  }

  async import(tar: Readable, options: Parameters<Images['import']>[1]): Promise<string> {
    const name = options.repo === '' ? undefined : nameOf(options.repo, options.tag);
    const config = applyChanges({}, options.changes);
    await using incoming = await this.#content.incoming();
    const layer = await incoming.spool(await decompressed(tar));
    const created = new Date().toISOString();
    const id = await this.#addSingle(layer, {
      created,
      comment: options.message,
      architecture: architecture(),
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
      history: [{ created, comment: options.message }],
    });
    if (name !== undefined) this.#catalog.tag(name, id);
    return id;
  }

  discard(path: string): Promise<void> {
    return this.#trash.discard(path);
  }

  extend(image: NewImage): Promise<string> {
    return extend({ catalog: this.#catalog, content: this.#content, layers: this.#layers }, image);
  }

  extendAs(image: Omit<NewImage, 'layer'>, source: string): Promise<string> {
    return extendAs(this.#catalog, image, source);
  }

  cached(parent: string | undefined, cacheKey: string): Image | undefined {
    return this.#catalog.cached(parent, cacheKey);
  }

  async *load(tar: Readable): AsyncGenerator<Progress> {
    try {
      yield* load({ content: this.#content, layers: this.#layers, catalog: this.#catalog }, tar);
    } finally {
      // Layers of an image that did not come to be.
      await this.#collect();
    }
  }

  async *pull(image: string, options: Parameters<Images['pull']>[1], gone?: AbortSignal): AsyncGenerator<Progress> {
    try {
      yield* (await this.#reach()).pull(image, options, gone);
    } finally {
      await this.#collect();
    }
  }

  async *push(image: string, options: Parameters<Images['push']>[1], gone?: AbortSignal): AsyncGenerator<Progress> {
    yield* (await this.#reach()).push(image, options, gone);
  }

  async login(domain: string, credentials: Credentials): Promise<void> {
    await (await this.#reach()).login(domain, credentials);
  }

  async search(what: Search): Promise<readonly Found[]> {
    return (await this.#reach()).search(what);
  }

  async remote(ref: string, credentials: Credentials): Promise<Distribution> {
    return (await this.#reach()).remote(ref, credentials);
  }

  /** HTTP, TLS and schemas of manifests are loaded when the first registry is asked. */
  #reach(): Promise<Registries> {
    const { options, agent } = this.#registry ?? fail();
    const stores = { catalog: this.#catalog, content: this.#content, layers: this.#layers };
    this.#registries ??= import('./registry/registries.ts').then(
      ({ Registries }) => new Registries(stores, { options, agent, log: this.#log }),
    );
    return this.#registries;
  }

  save(refs: readonly string[]): Readable {
    const images = new Map<string, Saved>();
    for (const { id, document, tags } of refs.flatMap((ref) => this.#catalog.select(ref))) {
      const all = [...new Set([...(images.get(id)?.tags ?? []), ...tags])].sort();
      images.set(id, { config: this.#catalog.config(id), document, tags: all });
    }
    return save({ content: this.#content, layers: this.#layers }, [...images.values()]);
  }

  history(ref: string): ReturnType<Images['history']> {
    return historyOf(this.get(ref), (diffId) => this.#layers.get(diffId).size);
  }

  sharedSizes(): ReadonlyMap<string, number> {
    return this.#catalog.sharedSizes();
  }

  layersSize(): number {
    return this.#layers.size();
  }

  async ensureBusybox(binary: string): Promise<void> {
    const name = parseReference('busybox:latest');
    if (this.#catalog.named(name) !== undefined) return;
    await using incoming = await this.#content.incoming();
    const layer = await incoming.spool(await busyboxLayer(binary));
    this.#catalog.tag(name, await this.#addSingle(layer, busyboxDocument(layer.digest)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#layers[Symbol.asyncDispose]();
    await this.#trash[Symbol.asyncDispose]();
  }

  async #addSingle(layer: Spooled, document: ImageDocument): Promise<string> {
    using _held = this.#layers.hold([layer.digest]);
    const missing = this.#layers.has(layer.digest) ? [] : [{ ...layer, diffId: layer.digest, position: 0 }];
    await Array.fromAsync(this.#layers.add(missing));
    return this.#catalog.add(JSON.stringify(document));
  }

  async #collect(): Promise<void> {
    await this.#layers.collect(() => this.#catalog.layersInUse());
    await this.rootfs.collect(new Set(this.#catalog.list().map(({ id }) => id)));
  }
}

/** A name to give. An empty tag may be part of `repo` or means latest. */
function nameOf(repo: string, tag: string): Reference {
  if (tag !== '' && !isTag(tag)) throw new AppError('invalid', 'invalid tag format');
  const ref = parseReference(tag === '' ? repo : `${repo}:${tag}`);
  if (familiarName(ref) === 'sha256') {
    throw new AppError('invalid', 'refusing to create an ambiguous tag using digest algorithm as name');
  }
  if (ref.digest !== undefined) throw new AppError('invalid', 'refusing to create a tag with a digest reference');
  return withTag(ref);
}

function fail(): never {
  throw new AppError('not-implemented', 'this engine was built without registries');
}
