import { randomBytes } from 'node:crypto';
import { AppError } from './errors.ts';

/** Six bytes from "02:42:ac:11:00:02" (colons or dashes). Throws `invalid`. */
export function parseMac(text: string): Uint8Array {
  if (!/^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(text)) {
    throw new AppError(
      'invalid',
      `invalid MAC address: ${text}: want six pairs of hex digits, as in 02:42:ac:11:00:02`,
    );
  }
  return Uint8Array.from(text.split(/[:-]/), (pair) => Number.parseInt(pair, 16));
}

export const formatMac = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');

/** A random locally administered unicast address (IEEE 802: bit 1 of the first byte set, bit 0 clear). */
export function randomMac(): string {
  const bytes = randomBytes(6);
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return formatMac(bytes);
}
