import { AppError, Cidr, messageOf } from '../../base/index.ts';
import type { NetworkRecord, Pool } from '../../store/records.ts';
import type { Core } from '../core.ts';
import type { Driver } from '../driver.ts';
import { hasAddresses, type PoolRequest } from '../ipam/index.ts';
import { releasePools, requestPools } from '../ipam/remote/index.ts';
import { isRemoteIpam } from './ipams.ts';

/** What a new network wants of its addressing. */
export type PoolsWanted = {
  readonly pools: readonly PoolRequest[];
  /** Families in which a gateway is taken only if one was asked for. */
  readonly withoutGateway: readonly (4 | 6)[];
};

/**
 * The pools of a new network (still without any) whose addressing is not ours: a plugin's, or none; undefined if ours.
 * What a plugin gives is in the network's record before the next thing is asked for, so that the next start can give it
 * back. Throws Docker's errors, and then there is no record.
 */
export async function poolsElsewhere(
  core: Core,
  network: NetworkRecord,
  { pools, withoutGateway }: PoolsWanted,
): Promise<readonly Pool[] | undefined> {
  const { ipam, ipv4, ipv6 } = network;
  if (ipam.driver === 'null') {
    refuseNullPools(pools);
    return [...(ipv4 ? [everything('0.0.0.0/0')] : []), ...(ipv6 ? [everything('::/0')] : [])];
  }
  if (!isRemoteIpam(network)) return undefined;
  const { ipams, records, log } = core;
  const note = (given: readonly Pool[]): void =>
    records.putNetwork({ ...network, ipam: { ...ipam, pools: given }, unfinished: true });
  try {
    return await requestPools(ipams.named(ipam.driver), {
      ipv4,
      ipv6,
      pools,
      options: ipam.options,
      excluded: (subnet) => records.networksOn(subnet).find(({ id }) => id !== network.id)?.name,
      withoutGateway,
      note,
      refused: (error) => log.warn(`network ${network.name}: ${messageOf(error)}`),
    });
  } catch (error) {
    records.deleteNetwork(network.id);
    if (!(error instanceof AppError) || error.kind !== 'not-found') throw error;
    throw new AppError('not-found', `${error.message}: there is no ipam driver "${ipam.driver}"`, { cause: error });
  }
}

const everything = (subnet: string): Pool => ({ subnet, automatic: true });

function refuseNullPools(pools: readonly PoolRequest[]): void {
  const lead = 'null ipam driver does not handle specific address';
  if (pools.some(({ subnet }) => subnet)) throw new AppError('invalid', `${lead} pool requests`);
  if (pools.some(({ ipRange }) => ipRange)) throw new AppError('invalid', `${lead} subpool requests`);
  if (pools.some(({ gateway }) => gateway)) throw new AppError('invalid', `${lead} requests`);
}

/** Refuses a network that has no addresses to give to links that we make. Texts are Docker's. */
export function expectAddresses({ external, singleton }: Driver, { ipv4, ipv6, ipam }: NetworkRecord): void {
  if (external !== undefined || singleton) return;
  for (const family of [4, 6] as const) {
    if (!(family === 4 ? ipv4 : ipv6)) continue;
    const pools = ipam.pools.filter(({ subnet }) => Cidr.parse(subnet).family === family);
    if (!pools.some(hasAddresses)) throw new AppError('invalid', `ipv${family} pool is empty`);
  }
}

/** Gives a network's pools back to its IPAM plugin. Never throws: what that does not hear is told. */
export async function returnPools({ ipams, log }: Core, network: NetworkRecord): Promise<void> {
  if (!isRemoteIpam(network)) return;
  await releasePools(ipams.named(network.ipam.driver), network.ipam.pools, (error) =>
    log.warn(`network ${network.name}: ${messageOf(error)}`),
  );
}
