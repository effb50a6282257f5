import type { Readable } from 'node:stream';
import type { ImageHistoryItem, ImageInspect, ImageSummary, Progress } from '../contract/index.ts';
import { encodeFilters } from './filters.ts';
import { jsonLines } from './lines.ts';
import type { Query, Transport } from './transport.ts';
import type { Filters, PruneOptions } from './values.ts';

export type ImageDeletion = { readonly Untagged?: string; readonly Deleted?: string };

/** /images: a reference is name[:tag], an id or a unique id prefix. */
export class Images {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(options: {
    readonly all?: boolean;
    readonly filters?: Filters;
    readonly digests?: boolean;
  }): Promise<readonly ImageSummary[]> {
    const { all, digests } = options;
    return this.#transport.json('GET', '/images/json', {
      query: { all, digests, filters: encodeFilters(options.filters) },
    });
  }

  inspect(ref: string): Promise<ImageInspect> {
    return this.#transport.json('GET', `/images/${segments(ref)}/json`);
  }

  history(ref: string): Promise<readonly ImageHistoryItem[]> {
    return this.#transport.json('GET', `/images/${segments(ref)}/history`);
  }

  async tag(ref: string, repo: string, tag: string): Promise<void> {
    await this.#transport.run('POST', `/images/${segments(ref)}/tag`, { query: { repo, tag } });
  }

  remove(
    ref: string,
    options: { readonly force: boolean; readonly noprune: boolean },
  ): Promise<readonly ImageDeletion[]> {
    return this.#transport.json('DELETE', `/images/${segments(ref)}`, { query: options });
  }

  /** Makes an image of one layer from an archive of a root file system. The last line's status is the new id. */
  /** Of an archive, or of one that the engine fetches from an address. */
  async *import(
    from: Readable | string,
    options: {
      readonly repo: string;
      readonly tag: string;
      readonly message: string;
      readonly changes: readonly string[];
      readonly platform: string;
    },
  ): AsyncGenerator<Progress> {
    const source = typeof from === 'string' ? { fromSrc: from } : { fromSrc: '-' };
    const call = { query: { ...source, ...options }, ...(typeof from === 'string' ? {} : { body: from }) };
    yield* jsonLines<Progress>(await this.#transport.open('POST', '/images/create', call));
  }

  /** With an empty tag, all tags. `auth`: base64url of a JSON object, as X-Registry-Auth. */
  async *pull(
    query: { readonly fromImage: string; readonly tag: string; readonly platform: string },
    auth: string,
  ): AsyncGenerator<Progress> {
    const call = { query, headers: { 'X-Registry-Auth': auth } };
    yield* jsonLines<Progress>(await this.#transport.open('POST', '/images/create', call));
  }

  async *push(name: string, tag: string, auth: string): AsyncGenerator<Progress> {
    const call = { query: { tag }, headers: { 'X-Registry-Auth': auth } };
    yield* jsonLines<Progress>(await this.#transport.open('POST', `/images/${segments(name)}/push`, call));
  }

  /** Asks a registry whether it takes these. */
  login(auth: {
    readonly username: string;
    readonly password: string;
    readonly serveraddress: string;
  }): Promise<{ readonly Status: string }> {
    return this.#transport.json('POST', '/auth', { json: auth });
  }

  /** `query` as the API has it. A step that fails comes as a line with `errorDetail`. */
  async *build(context: Readable, query: Query): AsyncGenerator<Progress> {
    yield* jsonLines<Progress>(await this.#transport.open('POST', '/build', { query, body: context }));
  }

  async *load(archive: Readable, quiet: boolean): AsyncGenerator<Progress> {
    const call = { query: { quiet }, body: archive };
    yield* jsonLines<Progress>(await this.#transport.open('POST', '/images/load', call));
  }

  save(refs: readonly string[]): Promise<Readable> {
    return this.#transport.open('GET', '/images/get', { query: { names: refs } });
  }

  /** What builds keep beside images. Takes it away; answers in bytes. */
  pruneCache(options: PruneOptions & { readonly all: boolean }): Promise<{ readonly SpaceReclaimed: number }> {
    const query = { all: options.all, filters: encodeFilters(options.filters) };
    return this.#transport.json('POST', '/build/prune', { query });
  }

  prune(
    options: PruneOptions,
  ): Promise<{ readonly ImagesDeleted: readonly ImageDeletion[] | null; readonly SpaceReclaimed: number }> {
    return this.#transport.json('POST', '/images/prune', { query: { filters: encodeFilters(options.filters) } });
  }
}

/** The slashes of a name are path separators to the engine; everything else unusual is escaped. */
const segments = (ref: string): string => ref.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':');
