import { readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../base/index.ts';
import { conmonFiles } from './command.ts';

const ours: ReadonlySet<string> = new Set(Object.values(conmonFiles));

/** Removes what a run of conmon left in its folder, and nothing else. Safe to repeat. */
export async function removeConmonFiles(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter((name) => ours.has(name)).map((name) => removeFile(join(folder, name))));
}

/** One call, where rm() of node:fs makes three: a container's end has a dozen of them. Safe to repeat. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** What runc keeps about a container: a folder with one file, if nothing went wrong. Safe to repeat. */
export async function removeRuncState(folder: string): Promise<void> {
  try {
    await unlink(join(folder, 'state.json'));
    await rmdir(folder);
  } catch {
    await rm(folder, { recursive: true, force: true });
  }
}
