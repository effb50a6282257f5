import type { RunConfig } from '../../build/index.ts';
import type { Image, Images } from '../../image/index.ts';

/** `--cache-from`: images, perhaps built elsewhere, whose history holds the steps that made them. */
export class HistoryCache {
  readonly #images: Images;
  readonly #sources: readonly Image[];

  /** Names of images that are not here are passed over, as in Docker. */
  constructor(images: Images, names: readonly string[]) {
    this.#images = images;
    this.#sources = names.flatMap((name) => {
      try {
        return [images.get(name)];
      } catch {
        return [];
      }
    });
  }

  /** Makes the image after a step from an image that went through the same steps, and this one next. */
  async restore(
    parent: string | undefined,
    createdBy: string,
    config: RunConfig,
    cacheKey: string,
  ): Promise<string | undefined> {
    const base = parent === undefined ? undefined : this.#images.get(parent);
    const source = this.#sources.find((image) => continues(image, base, createdBy));
    if (source === undefined) return undefined;
    return this.#images.extendAs({ parent, config, createdBy, cacheKey }, source.id);
  }
}

function continues({ document }: Image, base: Image | undefined, createdBy: string): boolean {
  const history = document.history ?? [];
  const below = base?.document.history ?? [];
  const next = history[below.length];
  if (next?.created_by !== createdBy) return false;
  const sameSteps = below.every(
    (step, at) => step.created_by === history[at]!.created_by && step.created === history[at]!.created,
  );
  const layers = base?.document.rootfs.diff_ids ?? [];
  return sameSteps && layers.every((id, at) => document.rootfs.diff_ids[at] === id);
}
