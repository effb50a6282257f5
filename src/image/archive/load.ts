import type { Readable } from 'node:stream';
import { AppError, shortId } from '../../base/index.ts';
import type { Catalog } from '../catalog.ts';
import { type ContentStore, hexOf } from '../content.ts';
import type { LayerStore } from '../layers.ts';
import { familiar } from '../reference.ts';
import type { Progress } from '../types.ts';
import { planDocker } from './docker.ts';
import { planLegacy } from './legacy.ts';
import { planOci } from './oci.ts';
import { type Parts, readParts } from './parts.ts';
import type { ImagePlan } from './plan.ts';

export type LoadDeps = { readonly content: ContentStore; readonly layers: LayerStore; readonly catalog: Catalog };

/** Reads the whole archive, checks it, then unpacks. An image appears when all its layers are there. */
export async function* load(deps: LoadDeps, source: Readable): AsyncGenerator<Progress> {
  await using incoming = await deps.content.incoming();
  const plans = await planOf(await readParts(source, incoming));
  const needed = plans.flatMap((plan) => plan.document.rootfs.diff_ids);
  using _held = deps.layers.hold(needed);
  for (const plan of plans) {
    yield* unpack(deps.layers, plan);
    const id = deps.catalog.add(plan.config);
    yield* name(deps.catalog, plan, id);
  }
}

async function planOf(parts: Parts): Promise<ImagePlan[]> {
  if (parts.find('manifest.json')) return planDocker(parts);
  if (parts.find('index.json')) return planOci(parts);
  if (parts.find('repositories')) return planLegacy(parts);
  throw new AppError('invalid', 'invalid archive: it holds no manifest.json, index.json or repositories file');
}

async function* unpack(layers: LayerStore, plan: ImagePlan): AsyncGenerator<Progress> {
  const ids = plan.document.rootfs.diff_ids;
  const archives = plan.layers.map((layer, position) => ({ ...layer, diffId: ids[position]!, position }));
  const missing = archives.filter(({ diffId, position }) => !layers.has(diffId) && ids.indexOf(diffId) === position);
  for (const { diffId, size } of missing) yield progress(diffId, 0, size);
  for await (const { diffId, size } of layers.add(missing)) yield progress(diffId, size, size);
}

function progress(diffId: string, current: number, total: number): Progress {
  return { status: 'Loading layer', id: shortId(hexOf(diffId)), progressDetail: { current, total } };
}

function* name(catalog: Catalog, plan: ImagePlan, id: string): Generator<Progress> {
  for (const ref of plan.names) {
    const text = familiar(ref);
    const before = catalog.tag(ref, id);
    if (before !== undefined) {
      yield {
        stream: `The image ${text} already exists, renaming the old one with ID ${before} to empty string\n`,
      };
    }
    yield { stream: `Loaded image: ${text}\n` };
  }
  if (plan.names.length === 0) yield { stream: `Loaded image ID: ${id}\n` };
}
