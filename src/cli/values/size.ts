import { InvalidValue } from './invalid.ts';

const factors = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 } as const;

/** Bytes from "64m", "1.5g", "128KiB", "2gb": powers of 1024, whatever the unit's spelling. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text);
  if (match === null) throw new InvalidValue(`invalid size: '${text}'`);
  return Math.trunc(Number(match[1]) * factors[match[2]!.toLowerCase() as keyof typeof factors]);
}

/** As parseSize, or -1 for no limit. */
export const parseSwap = (text: string): number => (text === '-1' ? -1 : parseSize(text));
