import { flushCompileCache } from 'node:module';
import { chroot } from '../syscall/files.ts';

/** Of the processes that work in trees: no variable of the engine's, but where compiled code is kept. */
export function processEnvironment(): Record<string, string> {
  const cache = process.env['NODE_COMPILE_CACHE'];
  return { NODE_NO_WARNINGS: '1', ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) };
}

/** Makes a tree this process's root directory. What Node still had to write to its own cache is written before. */
export function enterTree(root: string): void {
  flushCompileCache();
  chroot(root);
  process.chdir('/');
}
