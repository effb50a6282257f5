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

/** Two processes unpack side by side; progress is told a layer at a time. */
async function* unpack(layers: LayerStore, plan: ImagePlan): AsyncGenerator<Progress> {
  const ids = plan.document.rootfs.diff_ids;
  const missing = ids.flatMap((id, i) => (layers.has(id) || ids.indexOf(id) !== i ? [] : [{ id, i }]));
  for (let at = 0; at < missing.length; at += 2) {
    const batch = missing.slice(at, at + 2);
    const done = Promise.allSettled(batch.map(({ id, i }) => layers.add(plan.layers[i]!, id, i)));
    for (const { id, i } of batch) yield progress(id, 0, plan.layers[i]!.size);
    for (const result of await done) if (result.status === 'rejected') throw result.reason;
    for (const { id, i } of batch) yield progress(id, plan.layers[i]!.size, plan.layers[i]!.size);
  }
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
