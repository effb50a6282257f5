import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as v from 'valibot';
import { AppError } from '../../base/index.ts';
import { decompressed } from '../compression.ts';
import type { Spooled } from '../content.ts';
import type { Parts } from './parts.ts';
import { type ImagePlan, planImage } from './plan.ts';

/** Archives of Docker before 1.10 (Docker image spec v1.0): a chain of <id>/json and <id>/layer.tar, no manifest. */
const Repositories = v.record(v.string(), v.record(v.string(), v.string()));
const V1Image = v.looseObject({
  parent: v.optional(v.string()),
  created: v.optional(v.string()),
  author: v.optional(v.string()),
  comment: v.optional(v.string()),
  architecture: v.optional(v.string(), 'amd64'),
  os: v.optional(v.string(), 'linux'),
  config: v.nullish(v.looseObject({})),
  container_config: v.nullish(v.looseObject({ Cmd: v.nullish(v.array(v.string())) })),
});
type V1Image = v.InferOutput<typeof V1Image>;

const maxLayers = 128;

export async function planLegacy(parts: Parts): Promise<ImagePlan[]> {
  const parsed = v.safeParse(Repositories, await parts.json('repositories'));
  if (!parsed.success) throw new AppError('invalid', `invalid archive: repositories: ${v.summarize(parsed.issues)}`);
  const names = new Map<string, string[]>();
  for (const [repo, tags] of Object.entries(parsed.output)) {
    for (const [tag, id] of Object.entries(tags)) names.set(id, [...(names.get(id) ?? []), `${repo}:${tag}`]);
  }
  return Promise.all([...names].map(([id, tagged]) => planChain(parts, id, tagged)));
}

async function planChain(parts: Parts, top: string, names: readonly string[]): Promise<ImagePlan> {
  const images: V1Image[] = [];
  const layers: Spooled[] = [];
  for (let id: string | undefined = top; id !== undefined && id !== ''; ) {
    if (images.length >= maxLayers) throw new AppError('invalid', 'max depth exceeded');
    const image: V1Image = v.parse(V1Image, await parts.json(`${id}/json`));
    images.unshift(image);
    layers.unshift(parts.get(`${id}/layer.tar`));
    id = image.parent;
  }
  const last = images.at(-1)!;
  const document = {
    created: last.created,
    author: last.author,
    architecture: last.architecture,
    os: last.os,
    config: last.config ?? {},
    rootfs: { type: 'layers', diff_ids: await Promise.all(layers.map(diffIdOf)) },
    history: images.map((image) => ({
      created: image.created,
      created_by: image.container_config?.Cmd?.join(' ') ?? '',
      ...(image.comment !== undefined && { comment: image.comment }),
    })),
  };
  return planImage(JSON.stringify(document), layers, names);
}

/** These archives name no digests: the layers are what they are. */
async function diffIdOf(layer: Spooled): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await decompressed(createReadStream(layer.path))) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
