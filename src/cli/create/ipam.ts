import { Cidr, parseIp } from '../../base/index.ts';
import { InvalidValue } from '../values/invalid.ts';
import type { Pair } from './lists.ts';

export type Pools = {
  readonly subnets: readonly string[];
  readonly ranges: readonly string[];
  readonly gateways: readonly string[];
  /** Host name to address. */
  readonly auxiliary: readonly Pair[];
};
type Pool = { Subnet: string; IPRange?: string; Gateway?: string; AuxiliaryAddresses?: Record<string, string> };

/** One entry a subnet; each range, gateway and reserved address goes to the subnet that holds it. Throws InvalidValue. */
export function ipamConfig({ subnets, ranges, gateways, auxiliary }: Pools): readonly Pool[] {
  if (subnets.length < ranges.length || subnets.length < gateways.length) {
    throw new InvalidValue('every ip-range or gateway must have a corresponding subnet');
  }
  const pools: Pool[] = subnets.map((Subnet) => ({ Subnet }));
  checkOverlap(subnets);
  for (const range of ranges) {
    const pool = holderOf(
      pools,
      (block) => block.contains(Cidr.parse(range).network),
      `no matching subnet for range ${range}`,
    );
    if (pool.IPRange !== undefined)
      throw new InvalidValue(
        `cannot configure multiple ranges (${range}, ${pool.IPRange}) on the same subnet (${pool.Subnet})`,
      );
    pool.IPRange = range;
  }
  for (const gateway of gateways) {
    const pool = holderOf(
      pools,
      (block) => block.contains(parseIp(gateway)),
      `no matching subnet for gateway ${gateway}`,
    );
    if (pool.Gateway !== undefined)
      throw new InvalidValue(
        `cannot configure multiple gateways (${gateway}, ${pool.Gateway}) for the same subnet (${pool.Subnet})`,
      );
    pool.Gateway = gateway;
  }
  for (const [name, address] of auxiliary) {
    const pool = holderOf(
      pools,
      (block) => block.contains(parseIp(address)),
      `no matching subnet for aux-address ${address}`,
    );
    pool.AuxiliaryAddresses = { ...pool.AuxiliaryAddresses, [name]: address };
  }
  return pools;
}

function holderOf(pools: readonly Pool[], holds: (block: Cidr) => boolean, otherwise: string): Pool {
  const pool = pools.find(({ Subnet }) => holds(Cidr.parse(Subnet)));
  if (pool === undefined) throw new InvalidValue(otherwise);
  return pool;
}

function checkOverlap(subnets: readonly string[]): void {
  for (const [at, one] of subnets.entries()) {
    if (subnets.slice(0, at).some((other) => Cidr.parse(one).overlaps(Cidr.parse(other)))) {
      throw new InvalidValue('multiple overlapping subnet configuration is not supported');
    }
  }
}
