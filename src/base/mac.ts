import { randomBytes } from 'node:crypto';
import { AppError } from './errors.ts';

/** In pairs, or as switches write it: "0242.ac11.0002". */
const forms = /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$|^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i;

/** Six bytes from "02:42:ac:11:00:02" (colons or dashes) or "0242.ac11.0002". Throws `invalid`. */
export function parseMac(text: string): Uint8Array {
  if (!forms.test(text)) {
    throw new AppError('invalid', `invalid MAC address ${text}: want six pairs of hex digits, as in 02:42:ac:11:00:02`);
  }
  return Buffer.from(text.replaceAll(/[:.-]/g, ''), 'hex');
}

export const formatMac = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');

/** A random locally administered unicast address (IEEE 802: bit 1 of the first byte set, bit 0 clear). */
export function randomMac(): string {
  const bytes = randomBytes(6);
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return formatMac(bytes);
}
