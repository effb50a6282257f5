import { execFile } from 'node:child_process';
import { mkdir, opendir, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode, KeyedQueue, type Log, messageOf, newId } from '../base/index.ts';

/**
 * Deletes files and folders in two steps: a rename, which is instant and atomic, and the deletion proper one after
 * another behind everybody's back. What a killed engine left is deleted at the next start.
 */
export class Trash {
  readonly #root: string;
  readonly #log: Log;
  readonly #queue = new KeyedQueue();

  constructor(root: string, log: Log) {
    this.#root = join(root, 'trash');
    this.#log = log;
  }

  async start(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#root)) this.#delete(name);
  }

  /** Gone from `path` when this resolves. Safe to repeat. */
  async discard(path: string): Promise<void> {
    const name = newId().slice(0, 16);
    try {
      await rename(path, join(this.#root, name));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      throw error;
    }
    this.#delete(name);
  }

  #delete(name: string): void {
    void this.#queue
      .run('delete', () => remove(join(this.#root, name)))
      .catch((error: unknown) => this.#log.warn(`trash: cannot delete ${name}: ${messageOf(error)}`));
  }

  /** Resolves when nothing is left to delete. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.run('delete', () => {});
  }
}

/**
 * One call at a time: node's own recursive rm() starts them all at once and holds up the event loop for 100 ms and more.
 * A tree that is deeper than a path can be long is left to rm(1).
 */
async function remove(path: string): Promise<void> {
  try {
    await removeTree(Buffer.from(path));
  } catch {
    await promisify(execFile)('rm', ['-rf', '--', path]);
  }
}

const slash = Buffer.from('/');

async function removeTree(path: Buffer): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasCode(error, 'EISDIR')) throw error;
    await removeFolder(path);
  }
}

async function removeFolder(path: Buffer): Promise<void> {
  for (const { name, folder } of await entriesOf(path)) {
    const child = Buffer.concat([path, slash, name]);
    await (folder ? removeFolder(child) : unlink(child));
  }
  await rmdir(path);
}

/** Names are bytes: they need not be UTF-8. Read in small batches. */
async function entriesOf(path: Buffer): Promise<{ readonly name: Buffer; readonly folder: boolean }[]> {
  const entries: { name: Buffer; folder: boolean }[] = [];
  const options = { encoding: 'buffer', bufferSize: 256 } as const;
  for await (const entry of await opendir(path, options as never)) {
    entries.push({ name: entry.name as unknown as Buffer, folder: entry.isDirectory() });
  }
  return entries;
}
