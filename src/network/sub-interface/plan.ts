import { Cidr, parseIp } from '../../base/index.ts';
import type { EndpointRecord, NetworkRecord } from '../../store/records.ts';
import { type Gateway, type JoinedEndpoint, leads } from '../driver.ts';
import { emptyNamespace, mergeNamespaces } from '../plan/merge.ts';
import type { NamespacePlan, Plan, PlannedAddress, PlannedRoute } from '../plan/types.ts';
import { childConfig } from './config.ts';
import type { Family } from './family.ts';
import { hostRoutes, shimPlan } from './host-access.ts';
import { parentLink } from './parent.ts';

/** The parent, and the host's own child if it has one. The rule set knows nothing of such networks. */
export function planChildNetwork(family: Family, network: NetworkRecord): Plan {
  const config = childConfig(family, network);
  const owner = `network:${network.id}`;
  const parent: NamespacePlan = { ...emptyNamespace, links: [parentLink(config.parent, owner, config.kind)] };
  return { host: mergeNamespaces([parent, shimPlan(network, config, owner)]), sandboxes: new Map(), elements: [] };
}

/** A link born in the sandbox, and the host's route to it. */
export function planChildEndpoint(family: Family, joined: JoinedEndpoint): Plan {
  const { network, endpoint, lease, sandbox } = joined;
  const config = childConfig(family, network);
  const owner = `endpoint:${endpoint.id}`;
  const link = {
    name: lease.interface,
    owner,
    kind: config.kind,
    ...(family.ownMac ? { mac: lease.mac } : {}),
    ...(config.mtu === undefined ? {} : { mtu: config.mtu }),
  };
  const ipv6 = { key: `net/ipv6/conf/${lease.interface}/disable_ipv6`, value: '0', owner };
  const inside: NamespacePlan = {
    links: [link],
    addresses: addressesOf(joined, owner),
    routes: routesOf(family, joined, owner),
    sysctls: lease.ipv6 === undefined ? [] : [ipv6],
  };
  return {
    host: { ...emptyNamespace, routes: hostRoutes(joined, config, owner) },
    sandboxes: new Map([[sandbox.id, inside]]),
    elements: [],
  };
}

/**
 * Where the default route can lead: of an endpoint that is up, by the gateways of the subnets that it has addresses of.
 * "" where it leads to the link itself. Without a parent, or on an internal network, nowhere.
 */
export function childGateway(
  family: Family,
  network: NetworkRecord,
  endpoint?: Pick<EndpointRecord, 'lease'>,
): Gateway | undefined {
  const { parent, kind } = childConfig(family, network);
  if (network.internal || parent.type === 'dummy') return undefined;
  if (!family.usesGateway(kind)) {
    return { ...(network.ipv4 ? { ipv4: '' } : {}), ...(network.ipv6 ? { ipv6: '' } : {}) };
  }
  const lease = endpoint?.lease;
  const own = [lease?.ipv4, lease?.ipv6].flatMap((cidr) => (cidr === undefined ? [] : (poolOf(network, cidr) ?? [])));
  const gateways = (lease === undefined ? network.ipam.pools : own).flatMap(({ gateway }) => gateway ?? []);
  const ipv4 = gateways.find((gateway) => !gateway.includes(':'));
  const ipv6 = gateways.find((gateway) => gateway.includes(':'));
  if (ipv4 === undefined && ipv6 === undefined) return undefined;
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}

function addressesOf({ endpoint, lease }: JoinedEndpoint, owner: string): readonly PlannedAddress[] {
  const linkLocal = endpoint.request.linkLocal.map((address) => `${address}/${address.includes(':') ? 64 : 16}`);
  return [lease.ipv4, lease.ipv6, ...linkLocal]
    .filter((cidr) => cidr !== undefined)
    .map((cidr) => ({ link: lease.interface, cidr, owner }));
}

/** The default routes, each by the gateway of the address's own subnet; without gateways, subnets of the network too. */
function routesOf(family: Family, joined: JoinedEndpoint, owner: string): readonly PlannedRoute[] {
  const { network, lease } = joined;
  const link = lease.interface;
  const own = [lease.ipv4, lease.ipv6].filter((cidr) => cidr !== undefined);
  const onLink = !family.usesGateway(childConfig(family, network).kind);
  const sisters = onLink ? otherSubnets(network, own).map((destination) => ({ link, destination, owner })) : [];
  if (childGateway(family, network, joined) === undefined) return sisters;
  const leading = own.filter((cidr) => leads(joined, cidr.includes(':') ? 6 : 4));
  const defaults = leading.flatMap((cidr) => {
    const destination = cidr.includes(':') ? '::/0' : '0.0.0.0/0';
    if (onLink) return [{ link, destination, owner }];
    const via = poolOf(network, cidr)?.gateway;
    return via === undefined ? [] : [{ link, destination, via, owner }];
  });
  return [...sisters, ...defaults];
}

const poolOf = (network: NetworkRecord, cidr: string): NetworkRecord['ipam']['pools'][number] | undefined =>
  network.ipam.pools.find(({ subnet }) => Cidr.parse(subnet).contains(parseIp(cidr.split('/')[0]!)));

/** Of the families that the endpoint has. */
const otherSubnets = (network: NetworkRecord, own: readonly string[]): readonly string[] =>
  network.ipam.pools
    .map(({ subnet }) => Cidr.parse(subnet).network)
    .filter((subnet) => own.some((cidr) => cidr.includes(':') === (subnet.family === 6)))
    .filter((subnet) => !own.some((cidr) => subnet.contains(parseIp(cidr.split('/')[0]!))))
    .map((subnet) => `${subnet}`);
