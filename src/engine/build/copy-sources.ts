import { posix } from 'node:path';
import { AppError } from '../../base/index.ts';
import { hasWildcard } from '../../build/index.ts';
import { findIn, kindIn } from '../../image/index.ts';
import { isAddress } from '../remote/address.ts';
import { nameOf } from './remote-file.ts';

/** What is to be copied: an absolute path in the tree it comes from. */
export type Source = {
  readonly root: string;
  readonly path: string;
  readonly kind: 'folder' | 'file';
  /** What it is called in a folder that it goes into; "" for a folder, which gives what is in it. */
  readonly name: string;
  /** As it was asked for. */
  readonly word: string;
};

export type Origin = {
  readonly root: string;
  /** Whether the root is the build's context. */
  readonly isContext: boolean;
  /** Brings the file of an address. */
  readonly fetch: (address: string) => Promise<{ readonly root: string; readonly path: string }>;
};

/** The files that the words stand for. Throws `invalid` with Docker's texts. */
export async function findSources(name: string, words: readonly string[], origin: Origin): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const word of words) {
    if (!isAddress(word)) sources.push(...(await sourcesOf(name, word, origin)));
    else if (name === 'ADD') sources.push(await fetched(word, origin));
    else throw new AppError('invalid', 'source can not be a URL for COPY');
  }
  if (sources.length === 0) throw new AppError('invalid', `${name} failed: no source files were specified`);
  return sources;
}

async function sourcesOf(name: string, word: string, { root, isContext }: Origin): Promise<Source[]> {
  const relative = posix.normalize(word.replace(/^\/+/, '') || '.');
  if (relative === '..' || relative.startsWith('../')) {
    throw new AppError('invalid', `${name} failed: forbidden path outside the build context: ${word} ()`);
  }
  const paths = hasWildcard(relative) ? await findIn(root, relative.replace(/\/$/, '')) : [relative];
  return paths.map((found) => {
    const kind = kindIn(root, found);
    const path = posix.join('/', found);
    if (kind === 'folder') return { root, path, kind, name: '', word };
    if (kind !== 'absent') return { root, path, kind: 'file', name: posix.basename(path), word };
    const where = isContext ? 'file not found in build context or excluded by .dockerignore: ' : '';
    throw new AppError('invalid', `${name} failed: ${where}stat ${word}: file does not exist`);
  });
}

async function fetched(word: string, { fetch }: Origin): Promise<Source> {
  const { root, path } = await fetch(word);
  return { root, path, kind: 'file', name: nameOf(word), word };
}
