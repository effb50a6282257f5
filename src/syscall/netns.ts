import { closeSync, fstatSync, openSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { bind } from './libc.ts';

const setns = bind<[fd: number, type: number]>('setns', 'int setns(int fd, int nstype)');
const unshare = bind<[flags: number]>('unshare', 'int unshare(int flags)');

const CLONE_NEWNET = 0x4000_0000; // <linux/sched.h>
/** Of the calling thread: a namespace belongs to a thread, and /proc/self asks about the first one. */
const ownNamespace = '/proc/thread-self/ns/net';

/**
 * Where the main thread is. A fact about the thread, so there is one for the process; it keeps the home namespace
 * open, which makes leaving one call.
 */
class Whereabouts {
  #home: number | undefined;
  #inside: number | undefined;

  /** Runs `move`, then `body`, then returns to where it was called from, or ends the process. */
  during<T>(move: () => void, inside: number | undefined, body: () => T): T {
    this.#home ??= openSync(ownNamespace, 'r');
    const outside = this.#inside;
    move();
    this.#inside = inside ?? outside;
    try {
      return body();
    } finally {
      goBack(outside ?? this.#home);
      this.#inside = outside;
    }
  }
}
const thread = new Whereabouts();

/** An engine on the wrong side of setns(2) would configure the wrong host: there is no safe way on. */
function goBack(fd: number): void {
  try {
    setns(fd, CLONE_NEWNET);
  } catch (error) {
    process.stderr.write(`fatal: cannot return from a network namespace: ${String(error)}\n`);
    process.abort();
  }
}

/**
 * Creates all threads of libuv's pool, which it starts together at the first use. A thread inherits the namespace of
 * the one that starts it, so this has to be awaited before the first `inNetns`.
 */
export async function warmThreadPool(): Promise<void> {
  await readlink('/proc/self/exe');
}

/**
 * Runs `body` in the network namespace behind `fd` and returns what it returns. Synchronous only: what `body` opens
 * stays in that namespace, and is used outside. An async body does not compile, and one that slips through throws.
 */
export function inNetns<T>(fd: number, body: () => T extends PromiseLike<unknown> ? never : T): T {
  const result: T = thread.during(() => setns(fd, CLONE_NEWNET), fd, body);
  if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
    throw new TypeError('inNetns: the body returned a promise, whose rest would run outside the namespace');
  }
  return result;
}

/** A new namespace that nothing else holds: gone when `fd` is closed, unless pinned or joined. 0.5 ms. */
export function createNetns(): Disposable & { readonly fd: number } {
  const fd = thread.during(
    () => unshare(CLONE_NEWNET),
    undefined,
    () => openSync(ownNamespace, 'r'),
  );
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}

/** Opens a pinned namespace, or a process's as /proc/PID/ns/net. */
export const openNetns = (path: string): number => openSync(path, 'r');

/** The number that tells namespaces apart: as in `net:[4026531840]`. */
export const netnsInode = (fd: number): number => fstatSync(fd).ino;
