import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import { SysError } from '../base/index.ts';

/** glibc: its soname is fixed, so no search path matters. */
export const libc = koffi.load('libc.so.6');

type Value = number | bigint | string | Uint8Array | null | object;

/** What the kernel said, as the error every layer above knows. `errno` is positive. */
export function sysError(op: string, errno: number, detail = ''): SysError {
  return new SysError(op, errno, getSystemErrorName(-errno), detail);
}

/**
 * Binds one libc function that answers -1 on failure: the wrapper throws SysError with errno, read before anything
 * else can change it.
 */
export function bind<A extends readonly Value[]>(name: string, signature: string): (...args: A) => number {
  const call = bindResult<A>(signature);
  return (...args) => {
    const result = call(...args);
    if (result < 0) throw sysError(name, -result, describe(args));
    return result;
  };
}

/** The same without the throw, for calls whose refusal is ordinary (EAGAIN): a negative answer is -errno. */
export function bindResult<A extends readonly Value[]>(signature: string): (...args: A) => number {
  const fn = libc.func(signature);
  return (...args) => {
    const result = fn(...args);
    return result === -1 ? -koffi.errno() : Number(result);
  };
}

/**
 * The same as `bind` on libuv's thread pool, for calls that wait in the kernel (umount, link removal). Never for setns
 * or unshare: those change the thread they run on. koffi carries the pool thread's errno over to the callback, where
 * it has to be the first thing read.
 */
export function bindAsync<A extends readonly Value[]>(
  name: string,
  signature: string,
): (...args: A) => Promise<number> {
  const fn = libc.func(signature);
  return (...args) =>
    new Promise((resolve, reject) => {
      fn.async(...args, (error: Error | null, value: number | bigint) => {
        const errno = koffi.errno();
        if (error) reject(error);
        else if (Number(value) === -1) reject(sysError(name, errno, describe(args)));
        else resolve(Number(value));
      });
    });
}

const describe = (args: readonly Value[]): string => args.filter((a) => typeof a === 'string').join(', ');
