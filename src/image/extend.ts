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
  return put(deps.catalog, image, documentOf(base, image, diffIds, added.length === 0));
}

/** Makes the image of what another one, whose history begins with the same steps, did next. */
export async function extendAs(catalog: Catalog, image: Omit<NewImage, 'layer'>, source: string): Promise<string> {
  const base = image.parent === undefined ? undefined : catalog.get(image.parent).document;
  const { history = [], rootfs } = catalog.get(source).document;
  const next = history[base?.history?.length ?? 0];
  const below = base?.rootfs.diff_ids ?? [];
  const isEmpty = next?.empty_layer === true;
  const diffIds = rootfs.diff_ids.slice(0, below.length + (isEmpty ? 0 : 1));
  return put(catalog, image, documentOf(base, image, diffIds, isEmpty, next?.created));
}

function put(catalog: Catalog, { parent, cacheKey }: NewImage, document: ImageDocument): string {
  return catalog.add(JSON.stringify(document), {
    ...(parent === undefined ? {} : { parent: catalog.get(parent).id }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
  });
}

function documentOf(
  base: ImageDocument | undefined,
  { config, author, comment, createdBy }: NewImage,
  diffIds: readonly string[],
  isEmpty: boolean,
  created = new Date().toISOString(),
): ImageDocument {
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
