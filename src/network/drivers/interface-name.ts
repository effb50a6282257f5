import type { Options } from './options.ts';
import { refused } from './options.ts';

/** An endpoint's own option: what its interface is called inside. */
const interfaceName = 'com.docker.network.endpoint.ifname';

/** What an endpoint wants its interface to be called; undefined for the next free name. */
export const wantedInterface = (options: Options): string | undefined =>
  linkName(interfaceName, options[interfaceName], 15);

/** Names of links: 1 to 15 bytes (IFNAMSIZ with its final zero, <linux/if.h>), no slash, no blank. */
export function linkName(key: string, wanted: string | undefined, mostBytes: number): string | undefined {
  if (wanted === undefined || wanted === '') return undefined;
  const fits = Buffer.byteLength(wanted) <= mostBytes && /^[^\s/:%]+$/.test(wanted);
  if (fits && wanted !== '.' && wanted !== '..') return wanted;
  throw refused(key, wanted, `a link name has 1 to ${mostBytes} bytes, without slash, colon, percent sign or blank`);
}
