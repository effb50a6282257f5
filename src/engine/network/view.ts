import { exactNumber } from '../../base/index.ts';
import type { NetworkContainer, NetworkInspect } from '../../contract/index.ts';
import type { EndpointRecord, NetworkRecord, Pool } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { predefined } from './predefined.ts';

/** GET /networks/{id}; lists leave the members out. */
export function networkView(
  parts: Pick<Parts, 'network' | 'containers'>,
  network: NetworkRecord,
  { members }: { readonly members: boolean },
): NetworkInspect {
  return {
    Name: network.name,
    Id: network.id,
    Created: network.created,
    Scope: network.scope,
    Driver: network.driver,
    // host and none have no addresses of their own; Docker says so of the rest only.
    EnableIPv4: network.ipv4 || hasNoPools(network),
    EnableIPv6: network.ipv6,
    IPAM: {
      Driver: network.ipam.driver,
      Options: predefined.has(network.name) ? null : network.ipam.options,
      Config: hasNoPools(network) ? null : network.ipam.pools.map(poolView),
    },
    Internal: network.internal,
    Attachable: network.attachable,
    Ingress: false,
    ConfigFrom: { Network: network.configFrom ?? '' },
    ConfigOnly: network.configOnly === true,
    Containers: members ? membersOf(parts, network) : {},
    Options: network.options,
    Labels: network.labels,
    ...(members ? statusOf(parts, network) : {}),
  };
}

function statusOf({ network }: Pick<Parts, 'network'>, { id }: NetworkRecord): Pick<NetworkInspect, 'Status'> {
  const counts = network
    .ipamStatus(id)
    .map(({ subnet, inUse, available }) => [
      subnet,
      { IPsInUse: exactNumber(inUse), DynamicIPsAvailable: exactNumber(available) },
    ]);
  return counts.length === 0 ? {} : { Status: { IPAM: { Subnets: Object.fromEntries(counts) } } };
}

const hasNoPools = ({ driver, configOnly }: NetworkRecord): boolean =>
  driver === 'host' || (driver === 'null' && configOnly !== true);

const poolView = ({
  subnet,
  ipRange,
  gateway,
  auxiliary,
}: Pool): NonNullable<NetworkInspect['IPAM']['Config']>[number] => ({
  Subnet: subnet,
  ...(ipRange === undefined ? {} : { IPRange: ipRange }),
  ...(gateway === undefined ? {} : { Gateway: gateway }),
  ...(auxiliary === undefined ? {} : { AuxiliaryAddresses: auxiliary }),
});

/** All that are attached, by id. One that is stopped has no addresses: who is left out cannot be asked about. */
function membersOf(
  parts: Pick<Parts, 'network' | 'containers'>,
  { id }: NetworkRecord,
): Record<string, NetworkContainer> {
  const members = parts.network.endpointsIn(id);
  return Object.fromEntries(members.map((endpoint) => [endpoint.containerId, memberView(parts, endpoint)]));
}

const memberView = (
  parts: Pick<Parts, 'containers'>,
  { id, containerId, lease }: EndpointRecord,
): NetworkContainer => ({
  Name: parts.containers.byId(containerId)?.record.name ?? '',
  EndpointID: id,
  MacAddress: lease?.mac ?? '',
  IPv4Address: lease?.ipv4 ?? '',
  IPv6Address: lease?.ipv6 ?? '',
});
