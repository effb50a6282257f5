import { networkInterfaces } from 'node:os';
import type { RelayTarget } from './types.ts';

/** IPv4 as a socket of both families shows it. */
const mapped = '::ffff:';

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith(`${mapped}127.`);

const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address);

/**
 * Where a client is relayed to; undefined: nowhere. Relayed it would come under the host's own address, so that only
 * those are served whom the container knows under it anyway, the host itself; and link-local neighbours of a container
 * with IPv6, since the kernel forwards nothing for them. An IPv4 container is reached over IPv6 from its host only.
 */
export function relayTo(client: string, { ipv4, ipv6 }: RelayTarget): string | undefined {
  if (isLoopback(client) || isOwn(client)) return ipv6 ?? ipv4;
  return isLinkLocal(client) ? ipv6 : undefined;
}

/** Whether the address is one of the host's: nobody else answers from there. */
const isOwn = (client: string): boolean =>
  Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === client || `${mapped}${address}` === client),
  );
