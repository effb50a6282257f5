import { posix } from 'node:path';
import { AppError } from '../../base/index.ts';
import { hasWildcard } from '../../build/index.ts';
import { findIn, kindIn } from '../../image/index.ts';

/** What is to be copied: an absolute path in the tree it comes from. */
export type Source = { readonly path: string; readonly kind: 'folder' | 'file' };

/** The files that the words stand for. Throws `invalid` with Docker's texts. */
export async function findSources(
  name: string,
  root: string,
  words: readonly string[],
  isContext: boolean,
): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const word of words) {
    if (/^(https?|ftp):\/\//.test(word) && name === 'ADD') {
      throw new AppError(
        'not-implemented',
        `ADD ${word}: fetching from an address is not there: add the file to the context`,
      );
    }
    sources.push(...(await sourcesOf(name, root, word, isContext)));
  }
  if (sources.length === 0) throw new AppError('invalid', `${name} failed: no source files were specified`);
  return sources;
}

async function sourcesOf(name: string, root: string, word: string, isContext: boolean): Promise<Source[]> {
  const relative = posix.normalize(word.replace(/^\/+/, '') || '.');
  if (relative === '..' || relative.startsWith('../')) {
    throw new AppError('invalid', `${name} failed: forbidden path outside the build context: ${word} ()`);
  }
  const paths = hasWildcard(relative) ? await findIn(root, relative.replace(/\/$/, '')) : [relative];
  return paths.map((path) => {
    const kind = kindIn(root, path);
    if (kind === 'folder') return { path: posix.join('/', path), kind };
    if (kind !== 'absent') return { path: posix.join('/', path), kind: 'file' as const };
    const where = isContext ? 'file not found in build context or excluded by .dockerignore: ' : '';
    throw new AppError('invalid', `${name} failed: ${where}stat ${word}: file does not exist`);
  });
}
