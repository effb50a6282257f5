import type { Catalog } from './catalog.ts';
import type { ContentStore } from './content.ts';
import { architecture } from './document.ts';
import type { LayerStore } from './layers.ts';
import type { ImageDocument, NewImage } from './types.ts';

type Deps = { readonly catalog: Catalog; readonly content: ContentStore; readonly layers: LayerStore };

/** Digest of an archive without entries: two blocks of zeros. */
const emptyArchive = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

/** Makes an image of another one, a configuration and at most one more layer. Returns its id. */
export async function extend(deps: Deps, image: NewImage): Promise<string> {
  const base = image.parent === undefined ? undefined : deps.catalog.get(image.parent).document;
  const below = base?.rootfs.diff_ids ?? [];
  await using incoming = await deps.content.incoming();
  const layer = image.layer === undefined ? undefined : await incoming.spool(image.layer);
  const added = layer === undefined || layer.digest === emptyArchive ? [] : [layer];
  const diffIds = [...below, ...added.map(({ digest }) => digest)];
  using _held = deps.layers.hold(diffIds);
  const missing = added.filter(({ digest }) => !deps.layers.has(digest));
  await Array.fromAsync(
    deps.layers.add(missing.map((one) => ({ ...one, diffId: one.digest, position: below.length }))),
  );
  const document = documentOf(base, image, diffIds, added.length === 0);
  const { parent, cacheKey } = image;
  return deps.catalog.add(JSON.stringify(document), {
    ...(parent === undefined ? {} : { parent: deps.catalog.get(parent).id }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
  });
}

function documentOf(
  base: ImageDocument | undefined,
  { config, author, comment, createdBy }: NewImage,
  diffIds: readonly string[],
  isEmpty: boolean,
): ImageDocument {
  const created = new Date().toISOString();
  const step = {
    created,
    ...(author ? { author } : {}),
    created_by: createdBy,
    ...(comment ? { comment } : {}),
    ...(isEmpty ? { empty_layer: true } : {}),
  };
  return {
    architecture: base?.architecture ?? architecture(),
    ...(base?.variant === undefined ? {} : { variant: base.variant }),
    ...(author ? { author } : {}),
    ...(comment ? { comment } : {}),
    config,
    created,
    history: [...(base?.history ?? []), step],
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
}
