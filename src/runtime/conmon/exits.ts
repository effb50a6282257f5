import { type FSWatcher, readFileSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Exit } from '../types.ts';
import { conmonFiles } from './command.ts';

/** One watch (inotify) on the folder where conmon leaves a file for every container that ends. */
export class ExitFolder implements Disposable {
  readonly path: string;
  readonly #watcher: FSWatcher;
  readonly #waiting = new Map<string, () => void>();

  constructor(path: string) {
    this.path = path;
    // conmon writes a temporary file and renames it, so a name that appears is complete.
    this.#watcher = watch(path, (_event, name) => {
      if (name !== null) this.#waiting.get(name)?.();
    });
  }

  /** Resolves when the file of that name appears; call before it can. */
  appeared(id: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(id, resolve);
    return promise;
  }

  forget(id: string): void {
    this.#waiting.delete(id);
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
  }
}

/** A file's time is that of the kernel's last tick, which may be this long ago: 100 Hz are the slowest it has. */
const tickMs = 10;

/** What conmon wrote into a container's folder when it ended; undefined while it runs, or when conmon was killed. */
export function readExit(folder: string): Omit<Exit, 'oomKilled'> | undefined {
  const path = join(folder, conmonFiles.exit);
  try {
    const code = Number.parseInt(readFileSync(path, 'utf8'), 10);
    if (Number.isNaN(code)) return undefined;
    // Not before the last that it said, which its log has with the exact time.
    return { code, at: new Date(Math.min(Date.now(), statSync(path).mtimeMs + tickMs)) };
  } catch {
    return undefined;
  }
}
