import { unlinkSync, watch } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../base/index.ts';
import { conmonFiles } from './command.ts';

/**
 * Tells when conmon notes that the kernel has killed something of its container for lack of memory, now and each time
 * from now on: the note is taken away, so that the next one is seen, too.
 */
export function watchOom(folder: string, seen: () => void): Disposable {
  const look = (): void => {
    try {
      unlinkSync(join(folder, conmonFiles.oom));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      throw error;
    }
    seen();
  };
  const watcher = watch(folder, (_event, name) => {
    if (name === conmonFiles.oom) look();
  });
  watcher.on('error', () => {}); // the folder is gone, and the container with it
  look();
  return { [Symbol.dispose]: () => watcher.close() };
}
