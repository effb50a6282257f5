import * as v from 'valibot';
import { AppError } from '../../base/index.ts';
import { hexOf, type Spooled } from '../content.ts';
import { architecture } from '../document.ts';
import type { Parts } from './parts.ts';
import { type ImagePlan, planImage } from './plan.ts';

/** OCI image-spec v1.1: image layout, index, manifest; also Docker's schema 2 media types for the same things. */
const Descriptor = v.object({
  mediaType: v.optional(v.string(), ''),
  digest: v.string(),
  annotations: v.nullish(v.record(v.string(), v.string())),
  platform: v.nullish(v.object({ os: v.optional(v.string(), ''), architecture: v.optional(v.string(), '') })),
});
type Descriptor = v.InferOutput<typeof Descriptor>;

const Index = v.object({ manifests: v.array(Descriptor) });
const Manifest = v.object({ config: Descriptor, layers: v.nullish(v.array(Descriptor), []) });

const indexTypes: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const attestation = 'vnd.docker.reference.type';
const maxDepth = 4;

/** Every entry of index.json is an image of its own; a nested index is one image for several platforms. */
export async function planOci(parts: Parts): Promise<ImagePlan[]> {
  const index = checked(Index, await parts.json('index.json'), 'index.json');
  const plans = new Map<string, ImagePlan>();
  for (const entry of index.manifests) {
    if (entry.annotations?.[attestation] !== undefined) continue;
    const manifest = await manifestOf(parts, entry, 0);
    const plan = await planManifest(parts, manifest, namesOf(entry));
    // `docker save a b` of one image lists its manifest once for each name.
    const known = plans.get(plan.config);
    plans.set(plan.config, known === undefined ? plan : { ...plan, names: [...known.names, ...plan.names] });
  }
  return [...plans.values()];
}

/** Follows nested indexes to the manifest for this machine. */
async function manifestOf(parts: Parts, descriptor: Descriptor, depth: number): Promise<Descriptor> {
  if (!indexTypes.includes(descriptor.mediaType)) return descriptor;
  if (depth >= maxDepth) throw new AppError('invalid', 'invalid archive: image index nested too deeply');
  const name = blob(parts, descriptor).name;
  const index = checked(Index, await parts.json(name), name);
  const images = index.manifests.filter((entry) => entry.annotations?.[attestation] === undefined);
  const wanted = architecture();
  const chosen =
    images.find(({ platform }) => platform?.os === 'linux' && platform.architecture === wanted) ??
    images.find(({ platform }) => !platform);
  if (chosen === undefined) {
    const has = images.map(({ platform }) => `${platform?.os}/${platform?.architecture}`).join(', ');
    throw new AppError('invalid', `no matching manifest for linux/${wanted} in the archive: it has ${has || 'none'}`);
  }
  return manifestOf(parts, chosen, depth + 1);
}

async function planManifest(parts: Parts, descriptor: Descriptor, names: readonly string[]): Promise<ImagePlan> {
  const { name } = blob(parts, descriptor);
  const manifest = checked(Manifest, await parts.json(name), name);
  const layers = (manifest.layers ?? []).map((layer) => blob(parts, layer).part);
  return planImage(await parts.text(blob(parts, manifest.config).name), layers, names);
}

/** Finds a blob and checks it against the digest it is filed under. */
function blob(parts: Parts, { digest }: Descriptor): { readonly name: string; readonly part: Spooled } {
  const name = `blobs/sha256/${hexOf(digest)}`;
  const part = parts.get(name);
  if (part.digest !== digest) {
    throw new AppError('invalid', `invalid archive: ${name} has the digest ${part.digest}`);
  }
  return { name, part };
}

/** containerd's annotation is a whole name; the standard one may be just a tag, which names no repository. */
function namesOf({ annotations }: Descriptor): string[] {
  const full = annotations?.['io.containerd.image.name'];
  if (full !== undefined) return [full];
  const ref = annotations?.['org.opencontainers.image.ref.name'];
  return ref !== undefined && /[/:]/.test(ref) ? [ref] : [];
}

function checked<S extends v.GenericSchema>(schema: S, value: unknown, name: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new AppError('invalid', `invalid archive: ${name}: ${v.summarize(result.issues)}`);
}
