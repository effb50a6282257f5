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
  const fn = libc.func(signature);
  return (...args) => {
    const result = Number(fn(...args));
    if (result === -1) throw sysError(name, koffi.errno(), describe(args));
    return result;
  };
}

/**
 * The same on koffi's thread pool, for calls that wait in the kernel (umount, link removal). Never for setns or
 * unshare: those change the thread they run on.
 */
export function bindAsync<A extends readonly Value[]>(
  name: string,
  signature: string,
): (...args: A) => Promise<number> {
  const fn = libc.func(signature);
  return (...args) =>
    new Promise((resolve, reject) => {
      fn.async(...args, (error: Error | null, value: number | bigint) => {
        if (error) reject(error);
        else if (Number(value) === -1) reject(sysError(name, koffi.errno(), describe(args)));
        else resolve(Number(value));
      });
    });
}

const describe = (args: readonly Value[]): string => args.filter((a) => typeof a === 'string').join(', ');
