import { parsePlatform, refusePlatform } from '../../image/index.ts';

/**
 * `--platform os/arch[/variant]`: the image must be for it, whatever the variant. Throws `invalid`, and `not-found` as for
 * an image that is not there.
 */
export function checkPlatform(
  ref: string,
  image: { readonly os: string; readonly architecture: string },
  platform: string,
): void {
  if (platform === '') return;
  const wanted = parsePlatform(platform);
  if (wanted.os === image.os && wanted.architecture === image.architecture) return;
  refusePlatform(ref, { ...image, variant: '' }, wanted);
}
