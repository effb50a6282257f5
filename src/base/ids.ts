import { randomBytes } from 'node:crypto';

/** A new object id: 64 lower-case hex digits, as Docker's. Never all digits in its short form, which must work as a host name. */
export function newId(): string {
  for (;;) {
    const id = randomBytes(32).toString('hex');
    if (!/^\d+$/.test(id.slice(0, 12))) return id;
  }
}

/** The first 12 digits, as shown to people. */
export const shortId = (id: string): string => id.slice(0, 12);
