import { readFile } from 'node:fs/promises';
import { bindAsync, libc } from './libc.ts';

const madvise = bindAsync<[address: bigint, length: bigint, advice: number]>(
  'madvise',
  'int madvise(uintptr_t addr, size_t length, int advice)',
);
const mallocTrim = libc.func('int malloc_trim(size_t pad)');

const MADV_DONTNEED = 4; // <asm-generic/mman-common.h>

/**
 * Gives back the memory that was needed once: pages of programs and libraries that starting up touched, and free blocks
 * of malloc. Those pages are the files' own and come back when they are touched, a microsecond each. From the thread
 * pool.
 */
export async function releaseUnused(): Promise<void> {
  for (const { start, end } of pristine(await readFile('/proc/self/smaps', 'utf8'))) {
    await madvise(start, end - start, MADV_DONTNEED);
  }
  await new Promise((resolve) => void mallocTrim.async(0, resolve));
}

export type Mapping = { readonly start: bigint; readonly end: bigint };

/**
 * Mappings of files that cannot be written to and hold no page that was changed (the loader's relocations are, and would
 * be lost). Reads the text of /proc/PID/smaps (proc(5)).
 */
export function pristine(smaps: string): Mapping[] {
  return smaps.split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/).flatMap((entry) => {
    const head = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ \d+ +\//.exec(entry);
    if (head === null || !/^Anonymous: +0 kB$/m.test(entry)) return [];
    return [{ start: BigInt(`0x${head[1]}`), end: BigInt(`0x${head[2]}`) }];
  });
}
