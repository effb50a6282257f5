import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import { type ContentStore, digestOf, hexOf } from '../content.ts';
import { heldStream } from '../held-stream.ts';
import type { LayerStore } from '../layers.ts';
import { parseReference } from '../reference.ts';
import type { ImageDocument } from '../types.ts';

/** One image as it is to be saved. */
export type Saved = { readonly config: string; readonly document: ImageDocument; readonly tags: readonly string[] };
export type SaveDeps = { readonly content: ContentStore; readonly layers: LayerStore };

type Described = { readonly image: Saved; readonly manifest: string; readonly annotations: readonly object[] };

/**
 * An archive that is a docker-archive (manifest.json) and an OCI image layout at once, as Docker writes since 25.
 * The same images make the same bytes: entries sorted, times zero.
 */
export function save(deps: SaveDeps, images: readonly Saved[]): Readable {
  const archive = pack();
  const held = deps.layers.hold(images.flatMap((image) => image.document.rootfs.diff_ids));
  const written = write(deps, archive, images).catch((error: unknown) => archive.destroy(error as Error));
  return heldStream(archive, () => void written.then(() => held[Symbol.dispose]()));
}

async function write(deps: SaveDeps, archive: Pack, images: readonly Saved[]): Promise<void> {
  const described = images.map((image) => describe(deps.layers, image));
  folder(archive, 'blobs/');
  folder(archive, 'blobs/sha256/');
  for (const [digest, content] of blobsOf(deps.layers, described)) {
    const name = `blobs/sha256/${hexOf(digest)}`;
    if (typeof content === 'string') file(archive, name, content);
    else await pipeline(deps.content.read(digest), archive.entry({ name, mode: 0o644, mtime, size: content }));
  }
  file(archive, 'index.json', JSON.stringify(indexOf(described)));
  file(archive, 'manifest.json', JSON.stringify(images.map((image) => dockerManifest(deps.layers, image))));
  file(archive, 'oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const repositories = repositoriesOf(images);
  if (Object.keys(repositories).length > 0) file(archive, 'repositories', JSON.stringify(repositories));
  archive.finalize();
}

/** Digest to text, or to the length of a layer in the store; sorted. */
function blobsOf(layers: LayerStore, described: readonly Described[]): [string, string | number][] {
  const blobs = new Map<string, string | number>();
  for (const { image, manifest } of described) {
    for (const { blob, blobSize } of image.document.rootfs.diff_ids.map((id) => layers.get(id)))
      blobs.set(blob, blobSize);
    blobs.set(digestOf(image.config), image.config);
    blobs.set(digestOf(manifest), manifest);
  }
  return [...blobs].sort(([a], [b]) => (a < b ? -1 : 1));
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';

const descriptor = (mediaType: string, text: string): object => ({
  mediaType,
  digest: digestOf(text),
  size: Buffer.byteLength(text),
});

function describe(layers: LayerStore, image: Saved): Described {
  const blobs = image.document.rootfs.diff_ids.map((id) => layers.get(id));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptor(configType, image.config),
    layers: blobs.map(({ mediaType, blob, blobSize }) => ({ mediaType, digest: blob, size: blobSize })),
  });
  const annotations = image.tags.map((tag) => {
    const ref = parseReference(tag);
    const name = `${ref.domain}/${ref.path}:${ref.tag}`;
    return { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': ref.tag };
  });
  return { image, manifest, annotations };
}

function indexOf(described: readonly Described[]): object {
  const manifests = described.flatMap(({ image, manifest, annotations }) => {
    const platform = { architecture: image.document.architecture, os: image.document.os };
    const entry = { ...descriptor(manifestType, manifest), platform };
    return annotations.length === 0 ? [entry] : annotations.map((names) => ({ ...entry, annotations: names }));
  });
  return { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
}

function dockerManifest(layers: LayerStore, image: Saved): object {
  return {
    Config: `blobs/sha256/${hexOf(digestOf(image.config))}`,
    RepoTags: image.tags.length === 0 ? null : image.tags,
    Layers: image.document.rootfs.diff_ids.map((id) => `blobs/sha256/${hexOf(layers.get(id).blob)}`),
  };
}

/** For readers of old: repository to tag to layer. */
function repositoriesOf(images: readonly Saved[]): Record<string, Record<string, string>> {
  const all: Record<string, Record<string, string>> = {};
  for (const image of images) {
    const top = image.document.rootfs.diff_ids.at(-1);
    for (const tag of top === undefined ? [] : image.tags) {
      const colon = tag.lastIndexOf(':');
      const repository = tag.slice(0, colon);
      all[repository] = { ...all[repository], [tag.slice(colon + 1)]: hexOf(top!) };
    }
  }
  return all;
}

const mtime = new Date(0);

function folder(archive: Pack, name: string): void {
  archive.entry({ name, type: 'directory', mode: 0o755, mtime });
}

function file(archive: Pack, name: string, text: string): void {
  archive.entry({ name, mode: 0o644, mtime }, text);
}
