import { AppError, Cidr } from '../../../base/index.ts';
import type { NetworkRecord } from '../../../store/records.ts';
import { bridgeConfig, bridgeOf } from './options.ts';

const linkLocal = Cidr.parse('fe80::/64');

/**
 * Refuses a network that a bridge cannot be, or that another one is in the way of. Texts are Docker's. `sharing`: those
 * of the others that have addresses in common with it.
 */
export function checkBridgeNetwork(
  network: NetworkRecord,
  others: readonly NetworkRecord[],
  sharing: readonly NetworkRecord[] = others,
): void {
  const { bridge, mode4, mode6 } = bridgeConfig(network);
  if (!network.ipv4 && !network.ipv6) throw new AppError('invalid', 'IPv4 or IPv6 must be enabled');
  if (!network.internal && (mode4 === 'isolated' || mode6 === 'isolated')) {
    throw new AppError('internal', "gateway mode 'isolated' can only be used for an internal network");
  }
  for (const family of [4, 6] as const) {
    if (subnetsOf(network, family).length > 1) {
      throw new AppError('forbidden', "bridge driver doesn't support multiple subnets");
    }
  }
  const clash = subnetsOf(network, 6).find((subnet) => subnet.overlaps(linkLocal) && subnet.prefix !== 64);
  if (clash !== undefined) {
    throw new AppError('forbidden', `'${clash}' clashes with the Link-Local prefix 'fe80::/64'`);
  }
  const isRival = (other: NetworkRecord): boolean => other.driver === 'bridge' && other.id !== network.id;
  const namesake = others.find((other) => isRival(other) && bridgeOf(other) === bridge);
  if (namesake !== undefined) throw conflict(network, bridge, namesake, 'networks have same bridge name');
  for (const other of sharing.filter(isRival)) {
    const reason = overlap(network, other);
    if (reason !== undefined) throw conflict(network, bridge, other, reason);
  }
}

function conflict(network: NetworkRecord, bridge: string, other: NetworkRecord, reason: string): AppError {
  return new AppError(
    'forbidden',
    `cannot create network ${network.id} (${bridge}): conflicts with network ${other.id} (${bridgeOf(other)}): ${reason}`,
  );
}

function overlap(network: NetworkRecord, other: NetworkRecord): string | undefined {
  for (const family of [4, 6] as const) {
    const theirs = subnetsOf(other, family);
    if (subnetsOf(network, family).some((mine) => theirs.some((subnet) => subnet.overlaps(mine)))) {
      return `networks have overlapping IPv${family}`;
    }
  }
  return undefined;
}

export const subnetsOf = (network: NetworkRecord, family: 4 | 6): readonly Cidr[] =>
  network.ipam.pools.map((pool) => Cidr.parse(pool.subnet)).filter((subnet) => subnet.family === family);
