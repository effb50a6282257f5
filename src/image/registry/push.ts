import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { AppError, shortId } from '../../base/index.ts';
import { mediaTypes } from '../compression.ts';
import { digestOf, hexOf, type Incoming } from '../content.ts';
import type { LayerRecord } from '../records.ts';
import { familiarName, type Reference } from '../reference.ts';
import type { Image, Progress } from '../types.ts';
import { types } from './manifest.ts';
import { barLine, plainLine, telling } from './progress.ts';
import type { Stores } from './pull.ts';
import { RegistryError } from './registry-error.ts';
import { type Access, type RegistryDeps, Repository } from './repository.ts';
import { Slots } from './slots.ts';

export type PushRequest = {
  /** With a tag; each is pushed. All of one repository. */
  readonly refs: readonly Reference[];
  readonly credentials: Access['credentials'];
};

/** Uploads at a time, as Docker's default. */
const parallel = 5;
const attempts = 3;
const tellMs = 100;

type Blob = { readonly digest: string; readonly size: number };
type Source = Blob & { readonly open: () => Readable };
type Way = {
  readonly repository: Repository;
  readonly incoming: Incoming;
  readonly tell: (line: Progress) => void;
  readonly slots: Slots;
  /** Repositories of the same registry whose images have a layer. */
  readonly neighbours: (diffId: string) => readonly string[];
};

/** Sends images to where their names say. Lines and errors are Docker's. */
export class Pusher {
  readonly #stores: Stores;
  readonly #deps: RegistryDeps;

  constructor(stores: Stores, deps: RegistryDeps) {
    this.#stores = stores;
    this.#deps = deps;
  }

  async *push({ refs, credentials }: PushRequest, gone?: AbortSignal): AsyncGenerator<Progress> {
    const first = refs[0]!;
    yield* telling(async (tell, signal) => {
      for await (const repository of Repository.open(first, this.#deps, {
        credentials,
        actions: 'pull,push',
        signal,
      })) {
        for (const ref of refs) await this.#pushOne(repository, ref, tell);
        return;
      }
    }, gone);
  }

  async #pushOne(repository: Repository, ref: Reference, tell: (line: Progress) => void): Promise<void> {
    const { catalog, content, layers } = this.#stores;
    const image = catalog.get(catalog.named(ref)!);
    const diffIds = [...new Set(image.document.rootfs.diff_ids)];
    using _held = layers.hold(diffIds);
    await using incoming = await content.incoming();
    const neighbours = (diffId: string): readonly string[] => this.#neighbours(ref, diffId);
    const way = { repository, incoming, tell, slots: new Slots(parallel), neighbours };
    for (const diffId of diffIds) tell(plainLine('Preparing', shortId(hexOf(diffId))));
    const sent = await Promise.allSettled(diffIds.map((diffId) => way.slots.run(() => this.#layer(way, diffId))));
    const blobs = new Map<string, Blob>();
    for (const [i, result] of sent.entries()) {
      if (result.status === 'rejected') throw result.reason;
      blobs.set(diffIds[i]!, result.value);
    }
    const config = Buffer.from(catalog.config(image.id));
    const described = { digest: image.id, size: config.length };
    if (!(await repository.hasBlob(image.id)))
      await upload(repository, { ...described, open: () => config }, undefined);
    const { text, mediaType } = this.#manifest(image, described, blobs);
    await repository.putManifest(ref.tag!, text, mediaType);
    const digest = digestOf(text);
    catalog.tag({ domain: ref.domain, path: ref.path, digest }, image.id);
    const Size = Buffer.byteLength(text);
    tell({ status: `${ref.tag}: digest: ${digest} size: ${Size}` });
    tell({ progressDetail: {}, aux: { Tag: ref.tag, Digest: digest, Size } });
  }

  /** Docker's manifest, unless a layer is compressed in a way that only OCI's has a name for. */
  #manifest(image: Image, config: Blob, blobs: ReadonlyMap<string, Blob>): { text: string; mediaType: string } {
    const records = image.document.rootfs.diff_ids.map((diffId) => this.#stores.layers.get(diffId));
    const oci = records.some(({ mediaType }) => mediaType === mediaTypes.zstd);
    const mediaType = oci ? types.ociManifest : types.dockerManifest;
    const nameOf = (layer: LayerRecord): string =>
      layer.mediaType === mediaTypes.zstd ? mediaTypes.zstd : oci ? mediaTypes.gzip : types.dockerLayer;
    const text = JSON.stringify(
      {
        schemaVersion: 2,
        mediaType,
        config: { mediaType: oci ? types.ociConfig : types.dockerConfig, size: config.size, digest: config.digest },
        layers: records.map((layer) => {
          const { size, digest } = blobs.get(layer.id)!;
          return { mediaType: nameOf(layer), size, digest };
        }),
      },
      null,
      3,
    );
    return { text, mediaType };
  }

  /** Answers with what the registry now has of the layer. */
  async #layer(way: Way, diffId: string): Promise<Blob> {
    const { repository, tell } = way;
    const id = shortId(hexOf(diffId));
    const layer = this.#stores.layers.get(diffId);
    const known = layer.mediaType === mediaTypes.none ? layer.packed : { digest: layer.blob, size: layer.blobSize };
    if (known !== undefined && (await repository.hasBlob(known.digest))) {
      tell(plainLine('Layer already exists', id));
      return known;
    }
    const source = await this.#sourceOf(way, layer);
    let to: URL | undefined;
    for (const from of way.neighbours(diffId)) {
      // A registry that cannot mount begins an upload instead, and keeps it: so it is asked first, and the upload used.
      if (!(await repository.neighbourHas(from, source.digest))) continue;
      to = await repository.startUpload({ digest: source.digest, from });
      if (to === undefined) {
        tell(plainLine(`Mounted from ${from}`, id));
        return source;
      }
      break;
    }
    await upload(repository, source, (bytes) => tell(barLine('Pushing', id, bytes, source.size)), to);
    tell(plainLine('Pushed', id));
    return source;
  }

  /** Compressed as it came; what came as a plain archive is compressed now, and remembered under which digest. */
  async #sourceOf({ incoming }: Way, layer: LayerRecord): Promise<Source> {
    const { content, layers } = this.#stores;
    if (layer.mediaType !== mediaTypes.none) {
      return { digest: layer.blob, size: layer.blobSize, open: () => content.read(layer.blob) };
    }
    const { path, digest, size } = await incoming.spool(content.read(layer.blob).pipe(createGzip()));
    layers.rememberPacked(layer.id, { digest, size });
    return { digest, size, open: () => createReadStream(path, { highWaterMark: 256 * 1024 }) };
  }

  #neighbours({ domain, path }: Reference, diffId: string): readonly string[] {
    const names = this.#stores.catalog.repositoriesWith(diffId);
    const other = names.filter((name) => name.domain === domain && name.path !== path);
    return [...new Set(other.map((name) => name.path))].slice(0, 3);
  }
}

/** Begins anew when the connection breaks or the registry stumbles: what is sent is not kept there. */
async function upload(
  repository: Repository,
  { digest, size, open }: Blob & { readonly open: () => Readable | Buffer },
  came: ((bytes: number) => void) | undefined,
  begun?: URL,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const to = attempt === 1 && begun !== undefined ? begun : await repository.startUpload();
      return await repository.upload(to!, digest, { size, open: () => counted(open(), came) });
    } catch (error) {
      const refused = error instanceof RegistryError && !error.passing;
      if (refused || attempt === attempts) throw error;
      await repository.pause(attempt, error);
    }
  }
}

function counted(body: Readable | Buffer, came: ((bytes: number) => void) | undefined): Readable | Buffer {
  if (Buffer.isBuffer(body) || came === undefined) return body;
  let [sent, next] = [0, 0];
  body.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    if (Date.now() < next) return;
    next = Date.now() + tellMs;
    came(sent);
  });
  body.pause();
  return body;
}

/** What is to be pushed under a name: one tag, or every tag of the repository. Throws not-found with Docker's text. */
export function refsToPush(catalog: Stores['catalog'], ref: Reference): readonly Reference[] {
  const name = familiarName(ref);
  if (ref.tag !== undefined) {
    if (catalog.named(ref) !== undefined) return [ref];
    const others = catalog.tagsOf(ref).length > 0;
    const text = others
      ? `tag does not exist: ${name}:${ref.tag}`
      : `An image does not exist locally with the tag: ${name}`;
    throw new AppError('not-found', text);
  }
  const refs = catalog.tagsOf(ref);
  if (refs.length > 0) return refs;
  throw new AppError('not-found', `An image does not exist locally with the tag: ${name}`);
}
