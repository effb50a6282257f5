import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, KeyedQueue, type Log, messageOf, newId } from '../base/index.ts';

/**
 * Deletes folders in two steps: a rename, which is instant and atomic, and the deletion proper one folder after another
 * behind everybody's back. What a killed engine left is deleted at the next start.
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
      .run('delete', () => rm(join(this.#root, name), { recursive: true, force: true, maxRetries: 2 }))
      .catch((error: unknown) => this.#log.warn(`trash: cannot delete ${name}: ${messageOf(error)}`));
  }

  /** Resolves when nothing is left to delete. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.run('delete', () => {});
  }
}
