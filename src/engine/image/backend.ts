import type { Readable } from 'node:stream';
import { AppError } from '../../base/index.ts';
import {
  checkFilters,
  type Filters,
  flagOf,
  type ImageHistoryItem,
  type ImageInspect,
  type ImageSummary,
  type Progress,
} from '../../contract/index.ts';
import { type Credentials, familiar, familiarName, parseReference } from '../../image/index.ts';
import { uses } from '../container/record.ts';
import type { Parts } from '../parts.ts';
import { isAddress, openAddress } from '../remote/address.ts';
import { unlessTaken } from '../system/unless-taken.ts';
import { matchesPrune } from '../view/filter.ts';
import { matchesImage } from './filter.ts';
import { matchesFound } from './found.ts';
import { imageInspect, imageSummary } from './view.ts';

/** The images as the API asks for them. */
export class ImagesBackend {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async list(options: {
    readonly filters: Filters;
    readonly all: boolean;
    readonly sharedSize: boolean;
  }): Promise<readonly ImageSummary[]> {
    const { filters, all } = options;
    const { images } = this.#parts;
    const wanted = matchesImage(this.#parts, filters, all);
    const shared = options.sharedSize ? images.sharedSizes() : undefined;
    return images
      .list()
      .filter(wanted)
      .map((image) => {
        const counts = { SharedSize: shared?.get(image.id) ?? -1, Containers: -1 };
        return imageSummary(image, filters['reference'] ?? [], counts);
      })
      .sort((a, b) => b.Created - a.Created);
  }

  async inspect(ref: string): Promise<ImageInspect> {
    return imageInspect(this.#parts.images.get(ref));
  }

  async history(ref: string): Promise<readonly ImageHistoryItem[]> {
    return this.#parts.images.history(ref);
  }

  async tag(ref: string, repo: string, tag: string): Promise<void> {
    const { id } = this.#parts.images.get(ref);
    await this.#parts.images.tag(ref, repo, tag);
    this.#tell('tag', id, familiar(parseReference(tag === '' ? repo : `${repo}:${tag}`)));
  }

  async remove(ref: string, options: { readonly force: boolean; readonly prune: boolean }): Promise<readonly object[]> {
    const { id } = this.#parts.images.get(ref);
    const done = await this.#parts.images.remove(ref, { ...options, inUse: (image) => this.#userOf(image) });
    for (const step of done) {
      if ('Untagged' in step) this.#tell('untag', id);
      else if (step.Deleted === id) this.#tell('delete', id); // its layers go without a word
    }
    return done;
  }

  /** It may have gone with an image that was made from it. */
  #isHere(id: string): boolean {
    return this.#parts.images.list().some((image) => image.id === id);
  }

  /** A running container before others: it forbids even a forced removal. */
  #userOf(imageId: string): { readonly container: string; readonly running: boolean } | undefined {
    const users = this.#parts.containers.withUnfinished().filter(({ record }) => uses(record, imageId));
    const user = users.find(({ running }) => running) ?? users[0];
    return user === undefined ? undefined : { container: user.id, running: user.running };
  }

  async *import(
    body: Readable,
    options: {
      readonly repo: string;
      readonly tag: string;
      readonly message: string;
      readonly changes: readonly string[];
    },
  ): AsyncGenerator<Progress> {
    const id = await this.#parts.images.import(body, options);
    for (const name of this.#parts.images.get(id).tags) this.#tell('tag', id, name);
    this.#tell('import', id);
    yield { status: id };
  }

  /** The archive that an address holds. Docker takes one without a scheme for http. */
  async *importFrom(
    source: string,
    options: Parameters<ImagesBackend['import']>[1],
    signal: AbortSignal,
  ): AsyncGenerator<Progress> {
    const address = /^[a-z]+:\/\//i.test(source) ? source : `http://${source}`;
    if (!isAddress(address)) throw new AppError('invalid', `cannot import from ${source}: want http or https`);
    const archive = await openAddress(address, signal);
    yield { status: `Downloading from ${address}` };
    yield* this.import(archive, options);
  }

  async *load(body: Readable, { quiet }: { readonly quiet: boolean }): AsyncGenerator<Progress> {
    const loaded = new Set<string>();
    for await (const line of this.#parts.images.load(body)) {
      const name = /^Loaded image(?: ID)?: (.+)\n$/.exec(line.stream ?? '')?.[1];
      if (name !== undefined) loaded.add(this.#parts.images.get(name).id);
      if (!quiet || line.stream !== undefined) yield line;
    }
    for (const id of loaded) this.#tell('load', id);
  }

  async save(refs: readonly string[]): Promise<Readable> {
    const ids = refs.map((ref) => this.#saved(ref));
    const archive = await this.#parts.images.save(refs);
    for (const id of new Set(ids)) this.#tell('save', id);
    return archive;
  }

  /** The id of what is to be saved. Docker has texts of its own for what is not there. */
  #saved(ref: string): string {
    try {
      return this.#parts.images.get(ref).id;
    } catch (error) {
      if (!(error instanceof AppError && error.kind === 'not-found')) throw error;
      const { tag, digest } = parseReference(ref);
      const text = tag === undefined && digest === undefined ? `No such image: ${ref}` : 'reference does not exist';
      throw new AppError('not-found', text, { cause: error });
    }
  }

  #tell(action: string, id: string, name = id): void {
    this.#parts.events.emit('image', action, id, { name });
  }

  async *pull(
    image: string,
    options: { readonly tag: string; readonly platform: string; readonly credentials: Credentials },
    gone?: AbortSignal,
  ): AsyncGenerator<Progress> {
    yield* this.#parts.images.pull(image, options, gone);
    this.#tellRegistry('pull', image, options.tag);
  }

  async *push(
    image: string,
    options: { readonly tag: string; readonly credentials: Credentials },
    gone?: AbortSignal,
  ): AsyncGenerator<Progress> {
    yield* this.#parts.images.push(image, options, gone);
    this.#tellRegistry('push', image, options.tag);
  }

  /** `server` is an address, as the command line keeps it, or a host; empty is Docker Hub. */
  async login(server: string, credentials: Credentials): Promise<void> {
    const host = server.replace(/^https?:\/\//, '').split('/', 1)[0]!;
    await this.#parts.images.login(host === '' || host === 'index.docker.io' ? 'docker.io' : host, credentials);
  }

  async search(
    what: { readonly term: string; readonly limit: number; readonly credentials: Credentials },
    filters: Filters,
  ): Promise<readonly object[]> {
    const wanted = matchesFound(filters);
    return wanted === undefined ? [] : (await this.#parts.images.search(what)).filter(wanted);
  }

  async distribution(ref: string, credentials: Credentials): Promise<object> {
    return this.#parts.images.remote(ref, credentials);
  }

  /** As Docker has it: told under the name. */
  #tellRegistry(action: string, image: string, tag: string): void {
    const ref = parseReference(tag === '' ? image : `${image}${tag.includes(':') ? '@' : ':'}${tag}`);
    this.#parts.events.emit('image', action, familiar(ref), { name: familiarName(ref) });
  }

  /** Without tags and unused; with filter dangling=false every unused image. */
  async prune(
    filters: Filters,
  ): Promise<{ readonly ImagesDeleted: readonly object[] | null; readonly SpaceReclaimed: number }> {
    checkFilters(filters, ['dangling', 'label', 'label!', 'until']);
    const all = flagOf(filters, 'dangling') === false;
    const wanted = matchesPrune(filters);
    const before = this.#parts.images.layersSize();
    const deleted: object[] = [];
    const isDangling = matchesImage(this.#parts, { dangling: ['true'] }, false);
    for (const image of this.#parts.images.list()) {
      const { id, tags, document } = image;
      const unwanted =
        (tags.length === 0 ? isDangling(image) : all) && wanted(document.config?.Labels ?? {}, document.created ?? '');
      if (!unwanted || this.#userOf(id) !== undefined || !this.#isHere(id)) continue;
      // By name: one that others were made from only loses it.
      const names = [...tags, ...image.digests];
      for (const ref of names.length === 0 ? [id] : names) {
        if (!this.#isHere(id)) continue;
        const removing = this.remove(ref, { force: true, prune: true });
        if (await unlessTaken(removing)) deleted.push(...(await removing));
      }
    }
    const SpaceReclaimed = before - this.#parts.images.layersSize();
    this.#parts.events.emit('image', 'prune', '', { reclaimed: String(SpaceReclaimed) });
    return { ImagesDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed };
  }
}
