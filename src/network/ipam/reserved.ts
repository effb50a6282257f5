import type { Cidr } from '../../base/index.ts';

/**
 * How many addresses of a subnet are nobody's: network and broadcast address, none in a /31 (RFC 3021) or /32; of IPv6 the
 * subnet-router anycast address (RFC 4291, 2.6.1), none in a /127 (RFC 6164) or /128.
 */
export function reservedIn({ size, family }: Cidr): bigint {
  if (size <= 2n) return 0n;
  return family === 4 ? 2n : 1n;
}

/** What a reserved address is: "the broadcast address". Undefined for all others. */
export function reservedFor(subnet: Cidr, value: bigint): string | undefined {
  if (reservedIn(subnet) === 0n) return undefined;
  if (value === subnet.first) return 'the address of the subnet itself';
  return subnet.family === 4 && value === subnet.last ? 'the broadcast address' : undefined;
}
