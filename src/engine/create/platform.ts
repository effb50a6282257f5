import { AppError } from '../../base/index.ts';

/** Other names of one architecture. */
const aliases: Readonly<Record<string, string>> = { x86_64: 'amd64', 'x86-64': 'amd64', aarch64: 'arm64', i386: '386' };

/**
 * `--platform os/arch[/variant]`: the image must be for it. Throws `not-found`, as for an image that is not there, with
 * Docker's text.
 */
export function checkPlatform(
  ref: string,
  image: { readonly os: string; readonly architecture: string },
  platform: string,
): void {
  if (platform === '') return;
  const [os = '', arch = image.architecture] = platform.toLowerCase().split('/');
  if (os === image.os && (aliases[arch] ?? arch) === image.architecture) return;
  const actual = `${image.os}/${image.architecture}`;
  throw new AppError(
    'not-found',
    `image with reference ${ref} was found but does not match the specified platform: wanted ${platform}, actual: ${actual}`,
  );
}
