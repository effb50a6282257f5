import { posix } from 'node:path';
import { AppError } from '../../base/index.ts';

/** One `-v`: "source:destination[:options]", or "destination" alone for an anonymous volume. */
export type Bind = {
  /** Host path, volume name, or "" for an anonymous volume. */
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
  /** "", "rprivate", "rshared", … */
  readonly propagation: string;
  /** The options as written, for inspect. */
  readonly mode: string;
};

export const propagations: readonly string[] = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
/** Of each kind a mode may hold one. The last two are without effect here: SELinux labels and hints of other systems. */
const kinds: readonly (readonly string[])[] = [
  ['ro', 'rw'],
  propagations,
  ['nocopy'],
  ['z', 'Z'],
  ['cached', 'delegated', 'consistent'],
];

/** Throws `invalid` with Docker's texts. */
export function parseBind(spec: string): Bind {
  const refuse = (why: string): never => {
    throw new AppError('invalid', `invalid volume specification: '${spec}'${why === '' ? '' : `: ${why}`}`);
  };
  const parts = spec.split(':');
  if (parts.length > 3 || parts.some((part) => part === '')) refuse('');
  const [source, destination, mode] = parts.length === 1 ? ['', parts[0]!, ''] : [parts[0]!, parts[1]!, parts[2] ?? ''];
  const why = destinationProblem(destination);
  if (why !== undefined)
    refuse(`invalid mount config for type "${source.startsWith('/') ? 'bind' : 'volume'}": ${why}`);
  const options = modeOptions(mode);
  const isVolume = !source.startsWith('/');
  if (isVolume && options.some((option) => propagations.includes(option)))
    refuse('invalid mount config for type "volume": field BindOptions must not be specified');
  if (!isVolume && options.includes('nocopy'))
    refuse('invalid mount config for type "bind": field VolumeOptions must not be specified');
  return {
    source,
    destination: trimmed(destination),
    readOnly: options.includes('ro'),
    propagation: options.find((option) => propagations.includes(option)) ?? '',
    mode,
  };
}

/** "ro,nocopy" as a list. Throws `invalid` with Docker's text. */
export function modeOptions(mode: string): readonly string[] {
  const options = mode === '' ? [] : mode.split(',');
  const isKnown = options.every((option) => kinds.some((kind) => kind.includes(option)));
  const isTwice = kinds.some((kind) => options.filter((option) => kind.includes(option)).length > 1);
  if (!isKnown || isTwice) throw new AppError('invalid', `invalid mode: ${mode}`);
  return options;
}

/** Why nothing can be mounted there, in Docker's words; undefined when it can. */
export function destinationProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return `invalid mount path: '${path}' mount path must be absolute`;
  return posix.normalize(path) === '/' ? "invalid specification: destination can't be '/'" : undefined;
}

/** Normal form, without slash at the end. */
export const trimmed = (path: string): string => posix.normalize(path).replace(/(.)\/+$/, '$1');
