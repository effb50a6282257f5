import { AppError } from '../base/index.ts';
import { digestOf, hexOf } from './content.ts';
import { parseDocument } from './document.ts';
import type { ImageRecord, ImageStore } from './records.ts';
import { familiar, familiarName, parseReference, type Reference, withTag } from './reference.ts';
import type { Image } from './types.ts';

/** Which images there are and what they are called: views of the records, and the changes of names. */
export class Catalog {
  readonly #store: ImageStore;
  /** Parsed documents; a record never changes under its id. */
  readonly #parsed = new WeakMap<ImageRecord, Image['document']>();

  constructor(store: ImageStore) {
    this.#store = store;
  }

  list(): Image[] {
    const names = this.#names();
    return this.#store.images.all().map((record) => this.#image(record, names.get(record.id) ?? []));
  }

  /** By name, digest, id or unique id prefix. Throws not-found with Docker's text. */
  get(ref: string): Image {
    const record = this.#find(ref);
    const names = this.#store.tags.all().filter((tag) => tag.imageId === record.id);
    return this.#image(
      record,
      names.map((tag) => tag.id),
    );
  }

  /**
   * Images to save, with the names that go along: the one asked for; all of a repository that is asked for as a whole;
   * none when the image is asked for by id. Throws not-found.
   */
  select(ref: string): Pick<Image, 'id' | 'document' | 'tags'>[] {
    const name = ref.startsWith('sha256:') || /^[0-9a-f]{64}$/.test(ref) ? undefined : parseReference(ref);
    if (name !== undefined && name.tag === undefined && name.digest === undefined) {
      const ours = (tag: string): boolean => sameRepository(tag, name);
      const all = this.list().map((image) => ({ ...image, tags: image.tags.filter(ours) }));
      const named = all.filter(({ tags }) => tags.length > 0);
      if (named.length > 0) return named;
    }
    const image = this.get(ref);
    return [{ ...image, tags: name?.tag === undefined ? [] : [`${familiarName(name)}:${name.tag}`] }];
  }

  config(id: string): string {
    return this.#record(id).config;
  }

  /** Adds an image whose layers are all here. Returns its id; safe to repeat. */
  add(config: string, origin: Pick<ImageRecord, 'parent' | 'cacheKey'> = {}): string {
    const id = digestOf(config);
    if (this.#store.images.get(id) === undefined) {
      this.#store.images.put({ id, config, loaded: new Date().toISOString(), ...origin });
    }
    return id;
  }

  /** The newest image made from this parent by this step of a build. */
  cached(parent: string | undefined, cacheKey: string): Image | undefined {
    const made = this.#store.images.all().filter((one) => one.cacheKey === cacheKey && one.parent === parent);
    const newest = made.reduce<ImageRecord | undefined>(
      (a, b) => (a !== undefined && a.loaded > b.loaded ? a : b),
      undefined,
    );
    return newest === undefined ? undefined : this.get(newest.id);
  }

  /** By its whole id; undefined when it is gone. */
  find(id: string): Image | undefined {
    return this.#store.images.get(id) === undefined ? undefined : this.get(id);
  }

  /** Images that were made from this one. */
  children(id: string): readonly string[] {
    return this.#store.images.all().flatMap((one) => (one.parent === id ? [one.id] : []));
  }

  delete(id: string): void {
    for (const tag of this.#store.tags.all()) if (tag.imageId === id) this.#store.tags.delete(tag.id);
    this.#store.images.delete(id);
  }

  /** Points a name at an image. Returns the image it pointed at before, when that was another. */
  tag(ref: Reference, imageId: string): string | undefined {
    const name = familiar(withTag(ref));
    const before = this.#store.tags.get(name)?.imageId;
    this.#store.tags.put({ id: name, imageId });
    return before === imageId ? undefined : before;
  }

  untag(name: string): void {
    this.#store.tags.delete(name);
  }

  /** The image a name stands for, by name alone. */
  named(ref: Reference): string | undefined {
    return this.#store.tags.get(familiar(withTag(ref)))?.imageId;
  }

  /** Names with a tag of one repository. */
  tagsOf(ref: Reference): readonly Reference[] {
    const names = this.#store.tags.all().filter(({ id }) => sameRepository(id, ref));
    return names
      .map(({ id }) => parseReference(id))
      .filter(({ tag, digest }) => tag !== undefined && digest === undefined);
  }

  /** Names of all images that have a layer. */
  repositoriesWith(diffId: string): readonly Reference[] {
    const having = new Set(
      this.list().flatMap((image) => (image.document.rootfs.diff_ids.includes(diffId) ? [image.id] : [])),
    );
    return this.#store.tags.all().flatMap(({ id, imageId }) => (having.has(imageId) ? [parseReference(id)] : []));
  }

  /** By image: bytes of its layers that other images have, too. */
  sharedSizes(): Map<string, number> {
    const images = this.#store.images
      .all()
      .map((record) => ({ id: record.id, layers: this.#document(record).rootfs.diff_ids }));
    const users = new Map<string, number>();
    for (const { layers } of images) for (const layer of new Set(layers)) users.set(layer, (users.get(layer) ?? 0) + 1);
    const shared = (layer: string): number => (users.get(layer)! > 1 ? (this.#store.layers.get(layer)?.size ?? 0) : 0);
    return new Map(images.map(({ id, layers }) => [id, layers.reduce((sum, layer) => sum + shared(layer), 0)]));
  }

  /** Diff ids of every image. */
  layersInUse(): Set<string> {
    return new Set(this.list().flatMap((image) => image.document.rootfs.diff_ids));
  }

  #names(): Map<string, string[]> {
    const names = new Map<string, string[]>();
    for (const { id, imageId } of this.#store.tags.all()) names.set(imageId, [...(names.get(imageId) ?? []), id]);
    return names;
  }

  #image(record: ImageRecord, names: readonly string[]): Image {
    const document = this.#document(record);
    const size = document.rootfs.diff_ids.reduce((sum, id) => sum + (this.#store.layers.get(id)?.size ?? 0), 0);
    return {
      id: record.id,
      document,
      tags: names.filter((name) => !name.includes('@')).sort(),
      digests: names.filter((name) => name.includes('@')).sort(),
      size,
      parent: record.parent,
      loaded: record.loaded,
    };
  }

  #document(record: ImageRecord): Image['document'] {
    let document = this.#parsed.get(record);
    if (document === undefined) {
      document = parseDocument(record.config);
      this.#parsed.set(record, document);
    }
    return document;
  }

  #record(id: string): ImageRecord {
    const record = this.#store.images.get(id);
    if (record === undefined) throw notFound(id);
    return record;
  }

  #find(ref: string): ImageRecord {
    const whole = /^(?:sha256:)?([0-9a-f]{64})$/.exec(ref)?.[1];
    if (whole !== undefined) return this.#store.images.get(`sha256:${whole}`) ?? fail(notFound(ref));
    // "sha256:1234" would also be a name with a tag; as in Docker an id prefix is meant.
    const name = ref.startsWith('sha256:') ? undefined : parseReference(ref);
    const tagged = name === undefined ? undefined : this.#byName(name);
    if (tagged !== undefined) return this.#record(tagged);
    const text = name === undefined ? ref : familiar(withTag(name));
    return this.#byPrefix(ref, text) ?? fail(notFound(text));
  }

  #byName(ref: Reference): string | undefined {
    const tagged = this.named(ref);
    if (tagged !== undefined || ref.digest === undefined) return tagged;
    // With tag and digest the digest counts; an image's own id serves as digest of any of its names.
    const canonical = this.#store.tags.get(`${familiarName(ref)}@${ref.digest}`)?.imageId;
    if (canonical !== undefined) return canonical;
    const known = this.#store.tags.all().some((tag) => tag.imageId === ref.digest && sameRepository(tag.id, ref));
    return known ? ref.digest : undefined;
  }

  #byPrefix(ref: string, text: string): ImageRecord | undefined {
    const prefix = /^(?:sha256:)?([0-9a-f]{1,64})$/.exec(ref)?.[1];
    if (prefix === undefined) return undefined;
    const found = this.#store.images.all().filter((record) => hexOf(record.id).startsWith(prefix));
    if (found.length > 1) {
      throw new AppError('not-found', `No such image: ${text}: ${found.length} image ids start with ${prefix}`);
    }
    return found[0];
  }
}

export const sameRepository = (name: string, ref: Reference): boolean =>
  familiarName(parseReference(name)) === familiarName(ref);

const notFound = (ref: string): AppError => new AppError('not-found', `No such image: ${ref}`);

function fail(error: Error): never {
  throw error;
}
