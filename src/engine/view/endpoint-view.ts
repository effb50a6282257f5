import { Cidr, shortId } from '../../base/index.ts';
import type { EndpointSettings } from '../../contract/index.ts';
import type { EndpointRecord, NetworkRecord } from '../../store/index.ts';
import { bareAddress, prefixOf } from '../run/spec.ts';

/** One attachment as inspect and ps show it: addresses are empty while the container is stopped. */
export function endpointView(
  endpoint: EndpointRecord,
  network: NetworkRecord,
  container: { readonly name: string; readonly id: string; readonly hostname: string },
): EndpointSettings {
  const { request, lease } = endpoint;
  const gateway = (address: string | undefined, plugins: string | undefined): string => {
    if (network.internal) return '';
    // A plugin's network leads out where the plugin said, if anywhere.
    if (lease?.plugin !== undefined) return plugins ?? '';
    return address === undefined ? '' : (network.ipam.pools.find(holding(address))?.gateway ?? '');
  };
  const named = network.name !== 'bridge' && network.driver !== 'host' && network.driver !== 'null';
  return {
    IPAMConfig: addressesAsked(endpoint),
    Links: request.links.length === 0 || !named ? null : request.links,
    Aliases: request.aliases.length === 0 ? null : request.aliases,
    MacAddress: lease?.mac ?? '',
    DriverOpts: Object.keys(request.driverOptions).length === 0 ? null : request.driverOptions,
    GwPriority: request.gatewayPriority,
    NetworkID: network.id,
    EndpointID: lease === undefined && network.driver === 'bridge' ? '' : endpoint.id,
    Gateway: gateway(lease?.ipv4, lease?.plugin?.gateway4),
    IPAddress: bareAddress(lease?.ipv4),
    IPPrefixLen: prefixOf(lease?.ipv4),
    IPv6Gateway: gateway(lease?.ipv6, lease?.plugin?.gateway6),
    GlobalIPv6Address: bareAddress(lease?.ipv6),
    GlobalIPv6PrefixLen: prefixOf(lease?.ipv6),
    DNSNames: named
      ? [...new Set([container.name, ...request.aliases, shortId(container.id), container.hostname])]
      : null,
  };
}

/** A macvlan or ipvlan network may have several subnets, each with a gateway. `address` has a prefix. */
const holding =
  (address: string) =>
  ({ subnet }: { readonly subnet: string }): boolean =>
    Cidr.parse(subnet).contains(Cidr.parse(address).ip);

function addressesAsked({ request }: EndpointRecord): EndpointSettings['IPAMConfig'] {
  const { ipv4, ipv6, linkLocal } = request;
  if (ipv4 === undefined && ipv6 === undefined && linkLocal.length === 0) return null;
  return {
    ...(ipv4 === undefined ? {} : { IPv4Address: ipv4 }),
    ...(ipv6 === undefined ? {} : { IPv6Address: ipv6 }),
    ...(linkLocal.length === 0 ? {} : { LinkLocalIPs: linkLocal }),
  };
}
