import { readlinkSync } from 'node:fs';
import { hasCode } from '../../base/index.ts';

const mostLinks = 255;

/**
 * Where a path leads when every link on it is followed, as far as there is something: what is missing stays as it is
 * written. Absolute, counted from this process's root; at more links than the kernel would follow, what is left.
 */
export function followed(path: string): string {
  const waiting = path.split('/');
  const done: string[] = [];
  for (let links = 0; waiting.length > 0; ) {
    const part = waiting.shift()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      done.pop();
      continue;
    }
    const target = links < mostLinks ? linkAt(`/${[...done, part].join('/')}`) : undefined;
    if (target === undefined) {
      done.push(part);
      continue;
    }
    links++;
    if (target.startsWith('/')) done.length = 0;
    waiting.unshift(...target.split('/'));
  }
  return `/${done.join('/')}`;
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    // EINVAL: no link.
    if (['EINVAL', 'ENOENT', 'ENOTDIR', 'EACCES'].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}

/** "/a/b", "/a/b/" and "/a/b/." from what a client asks for: a slash or dot at the end says that links are followed. */
export function absolute(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const plain = `/${parts.join('/')}`;
  if (/(^|\/)\.$/.test(path)) return plain === '/' ? '/.' : `${plain}/.`;
  return path.endsWith('/') && plain !== '/' ? `${plain}/` : plain;
}

/** The last name of a path, as Go's filepath.Base gives it: "/a/b/" is "b", "/a/." is ".", "/" is "/". */
export function baseName(path: string): string {
  const bare = path.replace(/\/+$/, '');
  return bare === '' ? '/' : bare.slice(bare.lastIndexOf('/') + 1);
}
