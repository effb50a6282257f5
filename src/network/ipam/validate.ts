import { AppError, Cidr, isIp, parseIp } from '../../base/index.ts';
import type { PoolRequest } from './types.ts';

export type Families = { readonly ipv4: boolean; readonly ipv6: boolean };

/**
 * Checks each pool in itself, as Docker's API does, and throws one `invalid` that lists all that is wrong. Pools of a
 * family that the network does not have are not looked at.
 */
export function checkIpamConfig(pools: readonly PoolRequest[], families: Families): void {
  const faults = pools.flatMap((pool) => faultsOf(pool, families));
  if (faults.length > 0) throw new AppError('invalid', `invalid network config:\n${faults.join('\n')}`);
}

const malformed = 'invalid CIDR block notation';

function faultsOf(pool: PoolRequest, families: Families): readonly string[] {
  const subnet = blockOf(pool.subnet ?? '');
  if (subnet === undefined) return [`invalid subnet ${pool.subnet ?? ''}: ${malformed}`];
  if (!(subnet.family === 4 ? families.ipv4 : families.ipv6)) return [];
  const faults = isAligned(subnet) ? [] : [`invalid subnet ${subnet}: it should be ${subnet.network}`];
  if (pool.ipRange)
    faults.push(...rangeFaults(pool.ipRange, subnet).map((why) => `invalid ip-range ${pool.ipRange}: ${why}`));
  if (pool.gateway)
    faults.push(...addressFaults(pool.gateway, subnet).map((why) => `invalid gateway ${pool.gateway}: ${why}`));
  for (const [name, address] of Object.entries(pool.auxiliary ?? {})) {
    faults.push(...addressFaults(address, subnet).map((why) => `invalid auxiliary address ${name}: ${why}`));
  }
  return faults;
}

function rangeFaults(text: string, subnet: Cidr): readonly string[] {
  const range = blockOf(text);
  if (range === undefined) return [malformed];
  if (range.family !== subnet.family) return [parentFamily(subnet)];
  const faults: string[] = [];
  if (range.prefix < subnet.prefix) faults.push(`CIDR block is bigger than its parent subnet ${subnet}`);
  if (!isAligned(range)) faults.push(`it should be ${range.network}`);
  if (!subnet.overlaps(range)) faults.push(`parent subnet ${subnet} doesn't contain ip-range`);
  return faults;
}

function addressFaults(text: string, subnet: Cidr): readonly string[] {
  if (!isIp(text)) return ['invalid address'];
  const address = parseIp(text);
  if (address.family !== subnet.family) return [parentFamily(subnet)];
  return subnet.contains(address) ? [] : [`parent subnet ${subnet} doesn't contain this address`];
}

const parentFamily = (subnet: Cidr): string => `parent subnet is an IPv${subnet.family} block`;

const isAligned = (block: Cidr): boolean => block.ip.value === block.first;

function blockOf(text: string): Cidr | undefined {
  try {
    return Cidr.parse(text);
  } catch {
    return undefined;
  }
}
