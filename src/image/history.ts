import type { Image, Images } from './types.ts';

type Line = ReturnType<Images['history']>[number];
type Step = NonNullable<Image['document']['history']>[number];

/** Newest first. Only the top step has the image's id and names, as everywhere since layers have no images of their own. */
export function historyOf(image: Image, layerSize: (diffId: string) => number): Line[] {
  const { history = [], rootfs } = image.document;
  const steps: readonly Step[] = history.length > 0 ? history : rootfs.diff_ids.map(() => ({}));
  let layer = 0;
  const lines = steps.map((step) => ({
    Id: '<missing>',
    Created: Math.floor(Date.parse(step.created ?? '') / 1000) || 0,
    CreatedBy: step.created_by ?? '',
    Tags: null,
    Size: step.empty_layer ? 0 : sizeAt(rootfs.diff_ids[layer++], layerSize),
    Comment: step.comment ?? '',
  }));
  const top = lines.at(-1);
  const rest = lines.slice(0, -1).reverse();
  if (top === undefined) return [];
  return [{ ...top, Id: image.id, Tags: image.tags.length === 0 ? null : image.tags }, ...rest];
}

/** A history may count more layers than there are. */
const sizeAt = (diffId: string | undefined, size: (diffId: string) => number): number =>
  diffId === undefined ? 0 : size(diffId);
