import { readFile } from 'node:fs/promises';
import { AppError, KeyedQueue, shortId } from '../../base/index.ts';
import type { Catalog } from '../catalog.ts';
import { type ContentStore, digestOf, hexOf, type Incoming } from '../content.ts';
import { parseDocument } from '../document.ts';
import type { LayerStore } from '../layers.ts';
import { type Platform, platformText, refusePlatform } from '../platform.ts';
import { familiar, type Reference } from '../reference.ts';
import type { Image, Progress } from '../types.ts';
import { download } from './download.ts';
import { fromFirst } from './first-place.ts';
import { chooseEntry, type Descriptor, type Manifest, parseManifest } from './manifest.ts';
import { barLine, plainLine, telling } from './progress.ts';
import { pullFailure } from './registry-error.ts';
import type { Access, Manifested, RegistryDeps, Repository } from './repository.ts';
import { Slots } from './slots.ts';

export type Stores = { readonly content: ContentStore; readonly layers: LayerStore; readonly catalog: Catalog };
export type PullRequest = {
  /** With a tag, a digest or both. */
  readonly ref: Reference;
  readonly platform: Platform;
  /** A platform was asked for: another is refused. */
  readonly strict: boolean;
  readonly credentials: Access['credentials'];
};

const maxDepth = 3;
const configLimit = 8 << 20;
/** Layers at a time, as Docker's default. */
const parallel = 3;
/** Between two steps of a bar. */
const tellMs = 100;

/** Pulls of one engine: two at once of the same layer share its way in. */
export class Puller {
  readonly #stores: Stores;
  readonly #deps: RegistryDeps;
  /** By diff id. */
  readonly #layers = new KeyedQueue();

  constructor(stores: Stores, deps: RegistryDeps) {
    this.#stores = stores;
    this.#deps = deps;
  }

  /** Brings one image in and names it. Throws not-found, unauthorized, invalid with Docker's texts. */
  async *pull(request: PullRequest, gone?: AbortSignal): AsyncGenerator<Progress> {
    const { ref } = request;
    const what = ref.digest ?? ref.tag!;
    const digest = yield* telling((tell, signal) => this.#fromFirst(request, what, tell, signal), gone);
    yield { status: `Digest: ${digest.digest}` };
    const text = digest.news ? 'Downloaded newer image for' : 'Image is up to date for';
    yield { status: `Status: ${text} ${familiar(ref)}` };
  }

  async tags(ref: Reference, credentials: Access['credentials'], signal: AbortSignal): Promise<readonly string[]> {
    try {
      const access = { credentials, actions: 'pull', signal } as const;
      return await fromFirst(ref, this.#deps, access, (repository) => repository.tags());
    } catch (error) {
      throw pullFailure(error, ref);
    }
  }

  async #fromFirst(request: PullRequest, what: string, tell: (line: Progress) => void, signal: AbortSignal) {
    const access = { credentials: request.credentials, actions: 'pull', signal } as const;
    try {
      return await fromFirst(request.ref, this.#deps, access, async (repository) => {
        const top = await repository.manifest(what);
        tell({ status: `Pulling from ${request.ref.path}`, id: what });
        return this.#take(repository, request, top, tell, signal);
      });
    } catch (error) {
      throw pullFailure(error, request.ref);
    }
  }

  async #take(
    repository: Repository,
    request: PullRequest,
    top: Manifested,
    tell: (line: Progress) => void,
    signal: AbortSignal,
  ): Promise<{ readonly digest: string; readonly news: boolean }> {
    const { catalog, content, layers } = this.#stores;
    const manifest = await manifestFor(repository, top, request.platform, 0);
    await using incoming = await content.incoming();
    const config = await configOf(repository, manifest.config, incoming, signal);
    const document = parseDocument(config);
    checkPlatform(request, document);
    const diffIds = document.rootfs.diff_ids;
    if (diffIds.length !== manifest.layers.length) {
      const counts = `expected ${diffIds.length}, got ${manifest.layers.length}`;
      throw new AppError('invalid', `invalid manifest, layers length mismatch: ${counts}`);
    }
    using _held = layers.hold(diffIds);
    const slots = new Slots(parallel);
    const way = { repository, incoming, tell, signal, slots };
    await settle(manifest.layers.map((layer, position) => this.#layer(way, layer, diffIds[position]!, position)));
    const id = catalog.add(config);
    const { domain, path, tag } = request.ref;
    const before = namesOf(catalog.get(id));
    if (tag !== undefined && request.ref.digest === undefined) catalog.tag({ domain, path, tag }, id);
    catalog.tag({ domain, path, digest: top.digest }, id);
    return { digest: top.digest, news: namesOf(catalog.get(id)) > before };
  }

  /** One layer, unless it is here; whoever comes second for the same waits and finds it. */
  #layer(
    { repository, incoming, tell, signal, slots }: Way,
    layer: Descriptor,
    diffId: string,
    position: number,
  ): Promise<void> {
    const id = shortId(hexOf(layer.digest));
    if (this.#stores.layers.has(diffId)) {
      tell(plainLine('Already exists', id));
      return Promise.resolve();
    }
    tell(plainLine('Pulling fs layer', id));
    return this.#layers.run(diffId, () =>
      slots.run(async () => {
        signal.throwIfAborted();
        if (!this.#stores.layers.has(diffId)) {
          const archive = await download(repository, layer, incoming, { signal, came: bars(tell, id, layer.size) });
          tell(plainLine('Verifying Checksum', id));
          tell(plainLine('Download complete', id));
          tell(barLine('Extracting', id, layer.size, layer.size));
          await Array.fromAsync(this.#stores.layers.add([{ ...archive, diffId, position }]));
        }
        tell(plainLine('Pull complete', id));
      }),
    );
  }
}

type Way = {
  readonly repository: Repository;
  readonly incoming: Incoming;
  readonly tell: (line: Progress) => void;
  readonly signal: AbortSignal;
  readonly slots: Slots;
};

function bars(tell: (line: Progress) => void, id: string, total: number): (bytes: number) => void {
  let next = 0;
  return (bytes) => {
    const now = Date.now();
    if (now < next) return;
    next = now + tellMs;
    tell(barLine('Downloading', id, bytes, total));
  };
}

const namesOf = ({ tags, digests }: Image): number => tags.length + digests.length;

/** Waits for all, so that nothing is still at work when the first failure is thrown. */
async function settle(works: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function manifestFor(
  repository: Repository,
  found: Manifested,
  wanted: Platform,
  depth: number,
): Promise<Manifest> {
  const parsed = parseManifest(found.text, found.mediaType);
  if (parsed.kind === 'manifest') return parsed.manifest;
  const entry = chooseEntry(parsed.entries, wanted);
  if (entry === undefined || depth >= maxDepth) {
    const text = `no matching manifest for ${platformText(wanted)} in the manifest list entries`;
    throw new AppError('not-found', text);
  }
  return manifestFor(repository, await repository.manifest(entry.digest), wanted, depth + 1);
}

async function configOf(
  repository: Repository,
  config: Descriptor,
  incoming: Incoming,
  signal: AbortSignal,
): Promise<string> {
  if (config.size > configLimit)
    throw new AppError('invalid', `the image configuration is larger than ${configLimit} bytes`);
  const { path } = await download(repository, config, incoming, { signal, came: () => {} });
  const text = await readFile(path, 'utf8');
  if (digestOf(text) !== config.digest) throw new AppError('invalid', 'the image configuration is not UTF-8');
  return text;
}

function checkPlatform(
  { ref, platform, strict }: PullRequest,
  document: { os: string; architecture: string; variant?: string },
): void {
  const own = { os: document.os, architecture: document.architecture, variant: document.variant ?? '' };
  const fits =
    own.os === platform.os &&
    own.architecture === platform.architecture &&
    (platform.variant === '' || own.variant === '' || own.variant === platform.variant);
  if (fits || !strict) return;
  refusePlatform(familiar(ref), own, platform);
}
