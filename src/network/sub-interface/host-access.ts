import { AppError, Cidr, parseIp } from '../../base/index.ts';
import type { NetworkRecord, Pool } from '../../store/records.ts';
import type { JoinedEndpoint } from '../driver.ts';
import { AddressPool } from '../ipam/index.ts';
import { emptyNamespace } from '../plan/merge.ts';
import type { NamespacePlan, PlannedRoute, PlannedSysctl } from '../plan/types.ts';
import { type ChildConfig, childOptions, hostAddressName } from './config.ts';

/**
 * The pools with the host's own address in each, reserved under a name: the one that was asked for, or the lowest that
 * containers could have had, here or on a neighbour. Throws when a pool has none left, or it is somebody's.
 */
export const withHostAddresses = (
  network: NetworkRecord,
  { hostAddresses }: ChildConfig,
  neighbours: readonly AddressPool[],
): readonly Pool[] =>
  network.ipam.pools.map((pool) => {
    const subnet = Cidr.parse(pool.subnet);
    const asked = hostAddresses.find((address) => subnet.contains(parseIp(address)));
    if (asked !== undefined) refuseTaken(asked, neighbours);
    const owner = `${network.name} (${network.id})`;
    const address = asked ?? new AddressPool(pool, owner, () => neighbours).take().split('/')[0]!;
    return { ...pool, auxiliary: { ...pool.auxiliary, [hostAddressName]: address } };
  });

function refuseTaken(address: string, neighbours: readonly AddressPool[]): void {
  const holder = neighbours.find((pool) => pool.contains(address) && pool.has(address));
  if (holder === undefined) return;
  const whose = `${holder.purpose(address) ?? "a container's"} on network ${holder.network}`;
  throw new AppError('conflict', `${childOptions.hostAddress}=${address}: Address already in use: it is ${whose}`);
}

/**
 * The kernel lets nothing pass between a parent and its children. A child of the host's own is a sister of the
 * containers', and what is routed by it arrives.
 */
export function shimPlan(network: NetworkRecord, { shim, kind, mtu }: ChildConfig, owner: string): NamespacePlan {
  if (shim === undefined) return emptyNamespace;
  const mac = kind.type === 'macvlan' ? { mac: shimMac(network.id) } : {};
  const size = mtu === undefined ? {} : { mtu };
  return {
    links: [{ name: shim, owner, kind, ...mac, ...size }],
    addresses: network.ipam.pools.flatMap(({ auxiliary }) => {
      const address = auxiliary?.[hostAddressName];
      return address === undefined
        ? []
        : [{ link: shim, cidr: `${address}/${address.includes(':') ? 128 : 32}`, owner }];
    }),
    routes: [],
    sysctls: shimSysctls(network, shim, owner),
  };
}

/**
 * Containers may ask who has any address of the host's; the segment's others ask the parent, and shall get one answer.
 * What routers of the segment announce is the parent's business too.
 */
function shimSysctls({ ipv6 }: NetworkRecord, shim: string, owner: string): readonly PlannedSysctl[] {
  const arp = { key: `net/ipv4/conf/${shim}/arp_filter`, value: '1', owner };
  const off = { key: `net/ipv6/conf/${shim}/disable_ipv6`, value: ipv6 ? '0' : '1', owner };
  return ipv6 ? [arp, { key: `net/ipv6/conf/${shim}/accept_ra`, value: '0', owner }, off] : [arp, off];
}

/** Chosen from the network's id: neighbours that have learned it need not learn another. */
const shimMac = (id: string): string => `06:${id.slice(0, 10).replace(/..(?=.)/g, '$&:')}`;

/** To the addresses of one container, and from the host's in the same pool. */
export function hostRoutes(joined: JoinedEndpoint, { shim }: ChildConfig, owner: string): readonly PlannedRoute[] {
  if (shim === undefined) return [];
  const { network, lease } = joined;
  return [lease.ipv4, lease.ipv6].flatMap((cidr) => {
    if (cidr === undefined) return [];
    const address = cidr.split('/')[0]!;
    const pool = network.ipam.pools.find(({ subnet }) => Cidr.parse(subnet).contains(parseIp(address)));
    const source = pool?.auxiliary?.[hostAddressName];
    const destination = `${address}/${address.includes(':') ? 128 : 32}`;
    return [{ link: shim, destination, owner, ...(source === undefined ? {} : { source }) }];
  });
}
