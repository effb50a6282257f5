import { type FSWatcher, lstatSync, readlinkSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Writers change a file in several steps: what they are at is read once. */
const settleMs = 100;
const maxLinks = 40; // MAXSYMLINKS of <linux/namei.h>

/**
 * Tells when the content behind paths may have changed: written in place, replaced by a rename, or a symbolic link on
 * the way led elsewhere. By inotify on the folders and the files; where that is refused (its limits are the user's),
 * nothing is told. Does not keep the process alive.
 */
export class PathWatch implements Disposable {
  readonly #paths: readonly string[];
  readonly #changed: () => void;
  readonly #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(paths: readonly string[], changed: () => void) {
    this.#paths = paths;
    this.#changed = changed;
    this.#arm();
  }

  /** Anew after each change: a path may lead through other folders now. */
  #arm(): void {
    this.#disarm();
    const namesIn = new Map<string, Set<string>>();
    for (const path of this.#paths.flatMap(steps)) {
      const folder = dirname(path);
      namesIn.set(folder, (namesIn.get(folder) ?? new Set()).add(basename(path)));
    }
    for (const [folder, names] of namesIn) this.#watch(folder, (name) => name === null || names.has(name));
    // A file that is mounted on its own is written elsewhere than in its folder.
    for (const path of this.#paths) this.#watch(path, () => true);
  }

  #watch(path: string, concerns: (name: string | null) => boolean): void {
    try {
      const watcher = watch(path, { persistent: false }, (_event, name) => {
        if (concerns(name)) this.#hit();
      });
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // Not there, or no watch left: a folder above tells when it comes, or who needs the content looks itself.
    }
  }

  #hit(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#arm();
      this.#changed();
    }, settleMs).unref();
  }

  #disarm(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#disarm();
  }
}

/** The path and where its links lead, each as it is looked up; a folder that is missing, too, as a name in its own. */
function steps(path: string): string[] {
  const found = [path];
  for (let at = path; found.length < maxLinks; ) {
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined && lstatSync(dirname(at), { throwIfNoEntry: false }) === undefined) at = dirname(at);
    else if (stat?.isSymbolicLink()) at = resolve(dirname(at), readlinkSync(at));
    else break;
    found.push(at);
  }
  return found;
}
