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
  readonly noCopy: boolean;
  /** The options as written, for inspect. */
  readonly mode: string;
};

const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
/** Accepted without effect here: SELinux labels and consistency hints of other systems. */
const ignored = ['z', 'Z', 'cached', 'delegated', 'consistent', 'default', 'rbind', 'bind'];

/** Throws `invalid` with Docker's texts. */
export function parseBind(spec: string): Bind {
  const refuse = (why: string): never => {
    throw new AppError('invalid', `invalid volume specification: '${spec}'${why === '' ? '' : `: ${why}`}`);
  };
  const parts = spec.split(':');
  if (parts.length > 3 || parts.some((part) => part === '')) refuse('');
  const [source, destination, mode] = parts.length === 1 ? ['', parts[0]!, ''] : [parts[0]!, parts[1]!, parts[2] ?? ''];
  if (!destination.startsWith('/')) refuse('mount path must be absolute');
  if (posix.normalize(destination) === '/') refuse("destination can't be '/'");
  const options = mode === '' ? [] : mode.split(',');
  for (const option of options) {
    if (!['ro', 'rw', 'nocopy', ...propagations, ...ignored].includes(option)) {
      throw new AppError('invalid', `invalid mode: ${mode}`);
    }
  }
  return {
    source,
    destination: trimmed(destination),
    readOnly: options.includes('ro'),
    propagation: options.find((option) => propagations.includes(option)) ?? '',
    noCopy: options.includes('nocopy'),
    mode,
  };
}

const trimmed = (path: string): string => posix.normalize(path).replace(/(.)\/+$/, '$1');
