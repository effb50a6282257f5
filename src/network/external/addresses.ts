import { Cidr, formatMac, parseIp, parseMac, randomMac } from '../../base/index.ts';
import type { EndpointLease, EndpointRecord, NetworkRecord, Pool } from '../../store/records.ts';
import type { Core } from '../core.ts';
import { newLease } from '../new-lease.ts';
import { isRemoteIpam } from './ipams.ts';

/**
 * What an endpoint gets from its network's addressing, ours or a plugin's. `containerName` as for `Leases.take`. Throws
 * Docker's errors, and then nothing is taken.
 */
export async function leaseOf(
  core: Pick<Core, 'leases' | 'ipams' | 'log'>,
  network: NetworkRecord,
  endpoint: EndpointRecord,
  inside: string,
  containerName: string,
): Promise<EndpointLease> {
  if (!isRemoteIpam(network)) return core.leases.take(network, endpoint, inside, containerName);
  const { ipv4, ipv6, mac } = endpoint.request;
  const own = mac === undefined ? randomMac() : formatMac(parseMac(mac));
  await using undo = new AsyncDisposableStack();
  const take = async (family: 4 | 6, wanted: string | undefined): Promise<string | undefined> => {
    const address = await takeAddress(core, network, poolsFor(network, family, wanted), wanted, own);
    if (address !== undefined) undo.defer(() => releaseAddresses(core, network, [address]));
    return address;
  };
  const v4 = network.ipv4 ? await take(4, ipv4) : undefined;
  const v6 = network.ipv6 ? await take(6, ipv6) : undefined;
  undo.move();
  return newLease(inside, own, v4, v6);
}

/** From the first pool that gives one; the error of the last when none does. */
async function takeAddress(
  { ipams }: Pick<Core, 'ipams'>,
  { ipam }: NetworkRecord,
  pools: readonly Pool[],
  wanted: string | undefined,
  mac: string,
): Promise<string | undefined> {
  let refusal: unknown;
  for (const { remote } of pools) {
    if (remote === undefined) continue;
    try {
      return await ipams.named(ipam.driver).requestAddress(remote.id, wanted, mac);
    } catch (error) {
      refusal = error;
    }
  }
  if (refusal !== undefined) throw refusal;
  return undefined;
}

/** Gives addresses (with prefix) back to the plugin. Throws where that does not answer; what it refuses is told. */
export async function releaseAddresses(
  { ipams }: Pick<Core, 'ipams'>,
  network: NetworkRecord,
  addresses: readonly string[],
): Promise<void> {
  for (const address of addresses) {
    const bare = address.split('/')[0]!;
    const id = poolsFor(network, bare.includes(':') ? 6 : 4, bare)[0]?.remote?.id;
    if (id !== undefined) await ipams.named(network.ipam.driver).releaseAddress(id, bare);
  }
}

const poolsFor = ({ ipam }: NetworkRecord, family: 4 | 6, address: string | undefined): readonly Pool[] =>
  ipam.pools.filter(({ subnet }) => {
    const block = Cidr.parse(subnet);
    return block.family === family && (address === undefined || block.contains(parseIp(address)));
  });
