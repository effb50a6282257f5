import { AppError, type Cidr, messageOf } from '../../base/index.ts';
import type { NetworkRecord, Pool } from '../../store/records.ts';
import type { Core } from '../core.ts';
import type { SettledCreate } from '../defaults.ts';
import { releasePools, requestPools } from '../ipam/remote/index.ts';
import { Unreachable } from '../plugins/index.ts';
import { isRemoteIpam } from './ipams.ts';

/** The pools of a new network whose addressing is not ours: a plugin's, or none; undefined if ours. Docker's errors. */
export async function poolsElsewhere(
  { ipams, records }: Core,
  { ipam, ipv4, ipv6 }: SettledCreate,
): Promise<readonly Pool[] | undefined> {
  if (ipam.driver === '' || ipam.driver === 'default') return undefined;
  if (ipam.driver === 'null') {
    refuseNullPools({ ipam, ipv6 });
    return [];
  }
  try {
    return await requestPools(ipams.named(ipam.driver), {
      ipv4,
      ipv6,
      pools: ipam.pools,
      options: ipam.options,
      excluded: (subnet: Cidr) => records.networksOn(subnet)[0]?.name,
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'not-found') throw error;
    throw new AppError('invalid', `invalid ipam driver: "${ipam.driver}": ${error.message}`, { cause: error });
  }
}

function refuseNullPools({ ipam, ipv6 }: Pick<SettledCreate, 'ipam' | 'ipv6'>): void {
  const lead = 'null ipam driver does not handle';
  if (ipv6) throw new AppError('invalid', `${lead} IPv6 address pool requests`);
  if (ipam.pools.some(({ ipRange }) => ipRange)) {
    throw new AppError('invalid', `${lead} specific address subpool requests`);
  }
  if (ipam.pools.some(({ subnet }) => subnet)) throw new AppError('invalid', `${lead} specific address pool requests`);
  if (ipam.pools.some(({ gateway }) => gateway)) throw new AppError('invalid', `${lead} specific address requests`);
}

/** Gives a network's pools back to its IPAM plugin. Never throws: what that does not hear is told. */
export async function returnPools({ ipams, log }: Core, network: NetworkRecord): Promise<void> {
  if (!isRemoteIpam(network)) return;
  await releasePools(ipams.named(network.ipam.driver), network.ipam.pools, (error) =>
    log.warn(`network ${network.name}: ${messageOf(error)}`),
  );
}

/** Has the network's plugin make it. Throws what the plugin says; whether it heard us or not, nothing is left of it. */
export async function makeElsewhere({ drivers, log }: Core, network: NetworkRecord): Promise<void> {
  const { external } = drivers.get(network.driver);
  try {
    await external?.createNetwork(network);
  } catch (error) {
    if (error instanceof Unreachable) {
      await external?.deleteNetwork(network).catch((again: unknown) => {
        log.warn(`network ${network.name}: ${messageOf(again)}`);
      });
    }
    throw error;
  }
}

/** Has the network's plugins forget it, and what they still know of its endpoints. Never throws: it goes without them. */
export async function unmakeElsewhere(core: Core, network: NetworkRecord): Promise<void> {
  const { external } = core.drivers.get(network.driver);
  await core.debts.settle(network.id);
  await external?.deleteNetwork(network).catch((error: unknown) => {
    core.log.warn(`network ${network.name} (${network.id}) is removed without its plugin: ${messageOf(error)}`);
  });
  await returnPools(core, network);
}
