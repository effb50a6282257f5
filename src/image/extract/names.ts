import { AppError } from '../../base/index.ts';

/** What one name in a layer asks for (OCI image-spec, "Whiteouts"). Paths start with "/"; latin1 text. */
export type Target =
  | { readonly kind: 'entry'; readonly path: string }
  /** Hide `path` of the layers below. */
  | { readonly kind: 'whiteout'; readonly path: string }
  /** Hide everything below the folder `path`. */
  | { readonly kind: 'opaque'; readonly path: string }
  /** Housekeeping of old AUFS layers. */
  | { readonly kind: 'skip' };

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';
const metadata = '.wh..wh.';
const maxPath = 4095; // PATH_MAX of <linux/limits.h> without its NUL

/** Absolute names count from the layer's root; a name that climbs above it is refused. */
export function pathOf(name: string): string {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) {
      throw new AppError('invalid', `invalid archive: ${printable(name)} is outside of the root of its layer`);
    }
  }
  const path = `/${parts.join('/')}`;
  if (path.length > maxPath) throw new AppError('invalid', `invalid archive: ${printable(name)}: name too long`);
  if (path.includes('\0')) throw new AppError('invalid', `invalid archive: ${printable(name)}: name holds a zero byte`);
  return path;
}

export function targetOf(name: string): Target {
  const path = pathOf(name);
  const base = baseOf(path);
  if (!base.startsWith(whiteout)) return { kind: 'entry', path };
  const parent = parentOf(path);
  if (base === opaque) return { kind: 'opaque', path: parent };
  if (base.startsWith(metadata)) return { kind: 'skip' };
  const hidden = base.slice(whiteout.length);
  if (hidden === '' || hidden === '.' || hidden === '..') {
    throw new AppError('invalid', `invalid archive: ${printable(name)} hides no file`);
  }
  return { kind: 'whiteout', path: join(parent, hidden) };
}

/** Of a path from here: "/" is its own parent. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const join = (parent: string, base: string): string => (parent === '/' ? `/${base}` : `${parent}/${base}`);

/** For messages: the bytes as UTF-8, control characters escaped, cut to a readable length. */
export function printable(name: string): string {
  const quoted = JSON.stringify(Buffer.from(name, 'latin1').toString('utf8'));
  return quoted.length > 120 ? `${quoted.slice(0, 117)}…"` : quoted;
}
