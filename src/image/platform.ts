import { AppError } from '../base/index.ts';
import { architecture } from './document.ts';

/** What an image is for: "linux", "arm64", "v8"; the variant is "" when it does not matter. */
export type Platform = { readonly os: string; readonly architecture: string; readonly variant: string };

/** Other names of one architecture. */
const aliases: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  armhf: 'arm',
  armel: 'arm',
};
/** A word that stands alone is one or the other: GOOS and GOARCH of Go, which all registries write. */
const systems: ReadonlySet<string> = new Set(
  'aix android darwin dragonfly freebsd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(' '),
);
const architectures: ReadonlySet<string> = new Set(
  '386 amd64 arm arm64 loong64 mips mipsle mips64 mips64le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'.split(
    ' ',
  ),
);

/** "linux/arm64/v8", "arm64" or "linux"; empty: this machine's. Throws `invalid` with the texts of containerd. */
export function parsePlatform(text: string): Platform {
  const parts = text === '' ? ['linux', architecture()] : text.toLowerCase().split('/');
  const refuse = (why: string): never => {
    throw new AppError('invalid', `${why}: invalid argument`);
  };
  if (parts.length > 3) refuse(`"${text}": cannot parse platform specifier`);
  const wrong = parts.find((part) => !/^[\w.-]+$/.test(part));
  if (wrong !== undefined) {
    refuse(
      `"${wrong}" is an invalid component of "${text}": platform specifier component must match "^[A-Za-z0-9_.-]+$"`,
    );
  }
  const [first = '', second, variant = ''] = parts;
  if (second !== undefined) return { os: first, architecture: aliases[second] ?? second, variant };
  if (systems.has(first)) return { os: first, architecture: architecture(), variant };
  const alone = aliases[first] ?? first;
  if (!architectures.has(alone)) refuse(`"${text}": unknown operating system or architecture`);
  return { os: 'linux', architecture: alone, variant };
}

export const platformText = ({ os, architecture: arch, variant }: Platform): string =>
  [os, arch, variant].filter((part) => part !== '').join('/');

/** Throws `not-found`, as for an image that is not there, with Docker's text. */
export const refusePlatform = (ref: string, has: Platform, wanted: Platform): never => {
  const [own, asked] = [platformText(has), platformText(wanted)];
  const text = `image with reference ${ref} was found but its platform (${own}) does not match the specified platform (${asked})`;
  throw new AppError('not-found', text);
};
