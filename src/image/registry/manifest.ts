import * as v from 'valibot';
import { AppError } from '../../base/index.ts';
import type { Platform } from '../platform.ts';

/** OCI image-spec v1.1 and Docker's "Image Manifest V 2, Schema 2": the same shapes under two names. */
export const types = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
} as const;

export const acceptedTypes = [types.dockerManifest, types.dockerList, types.ociIndex, types.ociManifest].join(', ');

const DescribedPlatform = v.object({
  os: v.optional(v.string(), ''),
  architecture: v.optional(v.string(), ''),
  variant: v.optional(v.string(), ''),
});
const Descriptor = v.object({
  mediaType: v.optional(v.string(), ''),
  digest: v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/, 'want a sha256 digest')),
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  platform: v.nullish(DescribedPlatform),
});
export type Descriptor = v.InferOutput<typeof Descriptor>;

const Manifest = v.object({ config: Descriptor, layers: v.nullish(v.array(Descriptor), []) });
const Index = v.object({ manifests: v.array(Descriptor) });
export type Manifest = { readonly config: Descriptor; readonly layers: readonly Descriptor[] };

export type Parsed =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'index'; readonly entries: readonly Descriptor[] };

/** Reads a manifest or an index of them. Throws invalid for what is neither, or no image's. */
export function parseManifest(text: string, mediaType: string): Parsed {
  const value: unknown = parseJson(text);
  const stated = (value as { mediaType?: unknown } | null)?.mediaType;
  const type = typeof stated === 'string' ? stated : mediaType.split(';', 1)[0]!.trim();
  if (type === types.ociIndex || type === types.dockerList)
    return { kind: 'index', entries: checked(Index, value).manifests };
  if (type === types.ociManifest || type === types.dockerManifest) {
    const { config, layers } = checked(Manifest, value);
    const isImage = config.mediaType === types.dockerConfig || config.mediaType === types.ociConfig;
    if (!isImage) throw new AppError('invalid', `no image: its configuration has the media type ${config.mediaType}`);
    return { kind: 'manifest', manifest: { config, layers: layers ?? [] } };
  }
  const old = /manifest\.v1\+/.test(type)
    ? ': schema 1 is not supported any more, the image has to be pushed anew'
    : '';
  throw new AppError('invalid', `unsupported manifest media type ${type || '(none)'}${old}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('invalid', 'the manifest is not JSON', { cause: error });
  }
}

function checked<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new AppError('invalid', `invalid manifest: ${v.summarize(result.issues)}`);
}

/** The entry for a platform; one of no special variant does for every variant. Undefined when there is none. */
export function chooseEntry(entries: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  const fits = entries.filter(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  );
  const exact = fits.find(({ platform }) => platform?.variant === wanted.variant);
  return exact ?? (wanted.variant === '' ? fits[0] : fits.find(({ platform }) => platform?.variant === ''));
}
