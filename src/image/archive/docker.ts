import * as v from 'valibot';
import { AppError } from '../../base/index.ts';
import type { Parts } from './parts.ts';
import { type ImagePlan, planImage } from './plan.ts';

/** manifest.json of `docker save` (Docker image spec v1.2, "Combined Image JSON + Filesystem Changeset Format"). */
const Manifest = v.array(
  v.object({
    Config: v.string(),
    RepoTags: v.nullish(v.array(v.string()), []),
    Layers: v.nullish(v.array(v.string()), []),
  }),
);

export async function planDocker(parts: Parts): Promise<ImagePlan[]> {
  const manifest = v.safeParse(Manifest, await parts.json('manifest.json'));
  if (!manifest.success) {
    throw new AppError('invalid', `invalid archive: manifest.json: ${v.summarize(manifest.issues)}`);
  }
  const plans: ImagePlan[] = [];
  for (const { Config, RepoTags, Layers } of manifest.output) {
    const layers = (Layers ?? []).map((name) => parts.get(name));
    plans.push(planImage(await parts.text(Config), layers, RepoTags ?? []));
  }
  return plans;
}
