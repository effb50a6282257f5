import { AppError, Cidr, type Ip, isIp, messageOf, parseIp } from '../../base/index.ts';
import type { PoolRequest } from './types.ts';

export type Families = { readonly ipv4: boolean; readonly ipv6: boolean };

/**
 * Checks each pool in itself, as Docker's API does, and throws one `invalid` that lists all that is wrong. Pools of a
 * family that the network does not have are not looked at.
 */
export function checkIpamConfig(pools: readonly PoolRequest[], families: Families): void {
  const wrong = pools.flatMap((pool) => faultsOf(pool, families));
  if (wrong.length > 0) throw new AppError('invalid', `invalid network config:\n${wrong.join('\n')}`);
}

function faultsOf(pool: PoolRequest, families: Families): readonly string[] {
  const subnet = parsed(pool.subnet ?? '');
  if (subnet instanceof Error) return [`invalid subnet ${pool.subnet}: ${reason(subnet)}`];
  if (!(subnet.family === 4 ? families.ipv4 : families.ipv6)) return [];
  const faults: string[] = [];
  if (!isAligned(subnet)) faults.push(`invalid subnet ${subnet}: it should be ${subnet.network}`);
  faults.push(...rangeFaults(pool.ipRange ?? '', subnet));
  faults.push(...addressFaults('gateway', pool.gateway ?? '', subnet));
  for (const [name, address] of Object.entries(pool.auxiliary ?? {})) {
    faults.push(...addressFaults(`auxiliary address ${name}:`, address, subnet));
  }
  return faults;
}

function rangeFaults(text: string, subnet: Cidr): readonly string[] {
  if (text === '') return [];
  const range = parsed(text);
  if (range instanceof Error) return [`invalid ip-range ${text}: ${reason(range)}`];
  if (range.family !== subnet.family) return [`invalid ip-range ${text}: ${parentFamily(subnet)}`];
  const faults: string[] = [];
  if (range.prefix < subnet.prefix) {
    faults.push(`invalid ip-range ${range}: CIDR block is bigger than its parent subnet ${subnet}`);
  }
  if (!isAligned(range)) faults.push(`invalid ip-range ${range}: it should be ${range.network}`);
  if (!subnet.contains(range.ip)) {
    faults.push(`invalid ip-range ${range}: parent subnet ${subnet} doesn't contain ip-range`);
  }
  return faults;
}

function addressFaults(what: string, text: string, subnet: Cidr): readonly string[] {
  if (text === '') return [];
  const label = what.endsWith(':') ? `invalid ${what.slice(0, -1)}` : `invalid ${what} ${text}`;
  if (!isIp(text)) return [`${label}: invalid address${what.endsWith(':') ? ` ${text}` : ''}`];
  const address: Ip = parseIp(text);
  if (address.family !== subnet.family) return [`${label}: ${parentFamily(subnet)}`];
  return subnet.contains(address) ? [] : [`${label}: parent subnet ${subnet} doesn't contain this address`];
}

const parentFamily = (subnet: Cidr): string => `parent subnet is an IPv${subnet.family} block`;

const isAligned = (block: Cidr): boolean => block.ip.value === block.first;

function parsed(text: string): Cidr | Error {
  try {
    return Cidr.parse(text);
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
}

/** Docker's wording for a subnet that is none. */
const reason = (error: Error): string => `invalid CIDR block notation${error.message === '' ? '' : ''}`;
