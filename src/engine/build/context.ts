import { lstat, mkdir, rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppError, newId } from '../../base/index.ts';
import { ignores } from '../../build/index.ts';
import { openIn } from '../../image/index.ts';
import type { Parts } from '../parts.ts';
import type { Fill } from './remote-context.ts';

const largestText = 1 << 20;

/** The files a build was given, in a folder of its own that goes with it. */
export type Context = AsyncDisposable & { readonly root: string; readonly dockerfile: string };

export const contextsFolder = (parts: Pick<Parts, 'options'>): string => join(parts.options.dataRoot, 'builds');

/** Clears what builds of an engine that was killed have left. */
export async function forgetContexts(parts: Pick<Parts, 'options' | 'images'>): Promise<void> {
  await parts.images.discard(contextsFolder(parts));
}

/** Takes in the files of a context, and reads its Dockerfile. Throws `invalid`; nothing is left then. */
export async function openContext(
  parts: Pick<Parts, 'options' | 'images'>,
  fill: Fill,
  dockerfile: string,
): Promise<Context> {
  const folder = join(contextsFolder(parts), newId().slice(0, 16));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const dispose = (): Promise<void> => parts.images.discard(folder);
  try {
    const root = await fill(folder);
    const found = await dockerfileOf(root, dockerfile);
    return { root, dockerfile: found, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function dockerfileOf(root: string, asked: string): Promise<string> {
  const path = posix.normalize(asked.replace(/^\/+/, '') || 'Dockerfile');
  if (path.startsWith('../')) {
    throw new AppError('invalid', `the Dockerfile (${asked}) must be within the build context`);
  }
  const names = [path, ...(path === 'Dockerfile' ? ['dockerfile'] : [])];
  const found = (await Promise.all(names.map((name) => textOf(root, name)))).find((one) => one !== undefined);
  if (found === undefined) throw new AppError('invalid', `Cannot locate specified Dockerfile: ${path}`);
  if (found.trim() === '') throw new AppError('invalid', `the Dockerfile (${path}) cannot be empty`);
  await leaveOut(root, path);
  return found;
}

/** The client sends these two whatever .dockerignore says, since the builder needs them; the image does not. */
async function leaveOut(root: string, dockerfile: string): Promise<void> {
  const rules = await textOf(root, '.dockerignore');
  if (rules === undefined) return;
  const ignored = ignores(rules);
  for (const name of ['.dockerignore', dockerfile]) {
    if (ignored(name) && (await isStraight(root, name))) await rm(join(root, name), { force: true });
  }
}

/** Whether no folder on the way is a link, which could lead out of the root. */
async function isStraight(root: string, name: string): Promise<boolean> {
  let folder = root;
  for (const part of name.split('/').slice(0, -1)) {
    folder = join(folder, part);
    if (!(await lstat(folder)).isDirectory()) return false;
  }
  return true;
}

async function textOf(root: string, name: string): Promise<string | undefined> {
  const file = openIn(root, name);
  if (file === undefined) return undefined;
  if (file.size > largestText) {
    file.stream.destroy();
    throw new AppError('invalid', `${name} is larger than ${largestText} bytes`);
  }
  return text(file.stream);
}
