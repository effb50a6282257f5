import { randomBytes } from 'node:crypto';
import { AppError } from '../base/index.ts';
import type { EndpointLease } from '../store/records.ts';
import type { InterfaceName } from './driver.ts';

/** With what it was given; addresses with prefix. The host's end of a pair gets a name that nobody has. */
export const newLease = (
  inside: string,
  mac: string,
  ipv4: string | undefined,
  ipv6: string | undefined,
): EndpointLease => ({
  hostInterface: `veth${randomBytes(4).toString('hex')}`,
  interface: inside,
  mac,
  ...(ipv4 === undefined ? {} : { ipv4 }),
  ...(ipv6 === undefined ? {} : { ipv6 }),
});

/** The name that was asked for, or the lowest "ethN" that is free. Throws Docker's error for a name that is taken. */
export function freeInterface(taken: Iterable<string>, { prefix, wanted }: InterfaceName): string {
  const names = new Set(['lo', ...taken]);
  if (wanted !== undefined) {
    if (!names.has(wanted)) return wanted;
    throw new AppError('internal', `error renaming interface to ${wanted}: file exists`);
  }
  for (let n = 0; ; n++) if (!names.has(`${prefix}${n}`)) return `${prefix}${n}`;
}
