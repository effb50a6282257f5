import { Cidr, formatIp, parseIp } from '../../../base/index.ts';
import type { NetworkRecord, Pool } from '../../../store/records.ts';
import { type DriverSettings, type Gateway, type JoinedEndpoint, leads } from '../../driver.ts';
import { elementOfMember, elementsOfLink, elementsOfNetwork, elementsOfPorts } from '../../firewall/index.ts';
import { emptyNamespace } from '../../plan/merge.ts';
import type { NamespacePlan, Plan, PlannedAddress, PlannedRoute, PlannedSysctl } from '../../plan/types.ts';
import { type BridgeConfig, bridgeConfig, bridgeOptions, gatewayKeys } from './options.ts';

/** The bridge, its addresses, and what the rule set has to know of the network. */
export function planBridgeNetwork(network: NetworkRecord, settings: DriverSettings): Plan {
  const config = bridgeConfig(network);
  const { bridge } = config;
  const owner = `network:${network.id}`;
  const mtu = mtuOf(network, config, settings);
  const link = { name: bridge, owner, kind: { type: 'bridge' as const }, mac: bridgeMac(network.id) };
  return {
    host: {
      links: [mtu === undefined ? link : { ...link, mtu }],
      addresses: network.ipam.pools.flatMap((pool) => bridgeAddress(pool, config, owner)),
      routes: [],
      sysctls: [...bridgeSysctls(network, bridge, owner), ...(config.icc ? [] : apartSysctls(bridge, owner))],
    },
    sandboxes: new Map(),
    elements: elementsOfNetwork({
      owner,
      bridge,
      subnets: network.ipam.pools.map((pool) => pool.subnet),
      internal: network.internal,
      icc: config.icc,
      masquerade: config.masquerade && settings.masquerade,
      trusted: config.trusted,
      mode4: config.mode4,
      mode6: config.mode6,
      ...(config.source4 === undefined ? {} : { snat4: config.source4 }),
      ...(config.source6 === undefined ? {} : { snat6: config.source6 }),
    }),
  };
}

/** A veth pair from the bridge to the sandbox; through the gateway endpoint also the default route and the ports. */
export function planBridgeEndpoint(joined: JoinedEndpoint, settings: DriverSettings): Plan {
  const { network, endpoint, lease, sandbox } = joined;
  const config = bridgeConfig(network);
  const owner = `endpoint:${endpoint.id}`;
  const mtu = mtuOf(network, config, settings);
  const size = mtu === undefined ? {} : { mtu };
  const peer = { name: lease.interface, mac: lease.mac };
  const outer = {
    name: lease.hostInterface,
    owner,
    kind: { type: 'veth' as const, sandboxId: sandbox.id, peer },
    ...size,
    master: config.bridge,
    isolated: !config.icc && !leavesToRules(settings),
    // With br_netfilter a container's way to its own published port turns round within the bridge.
    hairpin: true,
  };
  const inner = { ...peer, owner, kind: { type: 'peer' as const }, ...size };
  const inside: NamespacePlan = {
    links: [inner],
    addresses: addressesOf(joined, owner),
    routes: [...defaultRoutes(joined, owner), ...(config.icc ? [] : apartRoutes(joined, config, owner))],
    sysctls: lease.ipv6 === undefined ? [] : ipv6Sysctls(lease.interface, config, owner),
  };
  return {
    host: { ...emptyNamespace, links: [outer] },
    sandboxes: new Map([[sandbox.id, inside]]),
    elements: [...portElements(joined, settings, owner), ...(config.icc ? [] : apartElements(joined, settings, owner))],
  };
}

/** The bridge's own addresses; none on an internal network, where nothing leads out. */
export function bridgeGateway(network: NetworkRecord): Gateway | undefined {
  if (network.internal) return undefined;
  const gateways = network.ipam.pools.flatMap((pool) => givenGateway(pool) ?? pool.gateway ?? []);
  const ipv4 = gateways.find((gateway) => !gateway.includes(':'));
  const ipv6 = gateways.find((gateway) => gateway.includes(':'));
  if (ipv4 === undefined && ipv6 === undefined) return undefined;
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}

const givenGateway = ({ auxiliary }: Pool): string | undefined =>
  auxiliary?.[gatewayKeys[4]] ?? auxiliary?.[gatewayKeys[6]];

/** Chosen from the id: a bridge without an address of its own takes its lowest port's, and changes it with the ports. */
const bridgeMac = (id: string): string => `02:${id.slice(0, 10).replace(/..(?=.)/g, '$&:')}`;

/** The default network's own option only says what Docker's inspect shows. */
const mtuOf = ({ options }: NetworkRecord, { mtu }: BridgeConfig, settings: DriverSettings): number | undefined =>
  options[bridgeOptions.defaultBridge] === 'true' ? settings.mtu : (mtu ?? settings.mtu);

function bridgeAddress(pool: Pool, config: BridgeConfig, owner: string): readonly PlannedAddress[] {
  const subnet = Cidr.parse(pool.subnet);
  const isolated = (subnet.family === 4 ? config.mode4 : config.mode6) === 'isolated';
  if (pool.gateway === undefined || isolated || (subnet.family === 4 && config.inhibitIpv4)) return [];
  const gateway = formatIp(parseIp(pool.gateway));
  return [{ link: config.bridge, cidr: `${gateway}/${subnet.prefix}`, owner }];
}

/** Without route_localnet the kernel refuses 127.0.0.1 as the source of what is translated to a container. */
function bridgeSysctls(network: NetworkRecord, bridge: string, owner: string): readonly PlannedSysctl[] {
  const localnet = { key: `net/ipv4/conf/${bridge}/route_localnet`, value: '1', owner };
  if (!network.ipv6) return network.internal ? [] : [localnet];
  const ipv6 = [
    { key: `net/ipv6/conf/${bridge}/disable_ipv6`, value: '0', owner },
    { key: `net/ipv6/conf/${bridge}/accept_ra`, value: '0', owner },
  ];
  return network.internal ? ipv6 : [localnet, ...ipv6];
}

/**
 * The ports of the bridge are isolated from each other. For what may pass nevertheless, links, the host answers for
 * every container when another asks for its hardware address (RFC 3069), at once, and routes: past the rule set.
 */
const apartSysctls = (bridge: string, owner: string): readonly PlannedSysctl[] => [
  { key: `net/ipv4/conf/${bridge}/proxy_arp_pvlan`, value: '1', owner },
  { key: `net/ipv4/neigh/${bridge}/proxy_delay`, value: '0', owner },
];

function addressesOf({ endpoint, lease }: JoinedEndpoint, owner: string): readonly PlannedAddress[] {
  const linkLocal = endpoint.request.linkLocal.map((address) => `${address}/${address.includes(':') ? 64 : 16}`);
  return [lease.ipv4, lease.ipv6, ...linkLocal]
    .filter((cidr) => cidr !== undefined)
    .map((cidr) => ({ link: lease.interface, cidr, owner }));
}

/**
 * What one container sends to another over IPv6 is routed by the host as well. Nobody answers for others there: the
 * subnet is reached through the gateway, in halves, for those come before the whole, which is on the link.
 */
function apartRoutes({ network, lease }: JoinedEndpoint, config: BridgeConfig, owner: string): readonly PlannedRoute[] {
  const pool = network.ipam.pools.find(({ subnet, gateway }) => subnet.includes(':') && gateway !== undefined);
  if (pool?.gateway === undefined || lease.ipv6 === undefined || config.mode6 === 'isolated') return [];
  const { interface: link } = lease;
  const via = formatIp(parseIp(pool.gateway));
  const subnet = Cidr.parse(pool.subnet);
  if (subnet.prefix >= 127) return [];
  const halves = [subnet.first, subnet.first + subnet.size / 2n].map(
    (value) => `${formatIp({ family: 6, value })}/${subnet.prefix + 1}`,
  );
  return [
    { link, destination: `${via}/128`, owner },
    ...halves.map((destination) => ({ link, destination, via, owner })),
  ];
}

/** Of the families that the container has an address of: the network may have gained one since it started. */
function defaultRoutes(joined: JoinedEndpoint, owner: string): readonly PlannedRoute[] {
  const { interface: link, ...lease } = joined.lease;
  const { ipv4, ipv6 } = bridgeGateway(joined.network) ?? {};
  const routes: PlannedRoute[] = [];
  if (ipv4 !== undefined && lease.ipv4 !== undefined && leads(joined, 4))
    routes.push({ link, destination: '0.0.0.0/0', via: ipv4, owner });
  if (ipv6 !== undefined && lease.ipv6 !== undefined && leads(joined, 6))
    routes.push({ link, destination: '::/0', via: ipv6, owner });
  return routes;
}

/**
 * A sandbox starts with IPv6 off for new links: a network that has it turns it on for its own. The host, which routes
 * between containers that are kept apart, would tell them of a shorter way that there is not.
 */
function ipv6Sysctls(link: string, { icc }: BridgeConfig, owner: string): readonly PlannedSysctl[] {
  const enabled = { key: `net/ipv6/conf/${link}/disable_ipv6`, value: '0', owner };
  return icc ? [enabled] : [enabled, { key: `net/ipv6/conf/${link}/accept_redirects`, value: '0', owner }];
}

/**
 * Where bridges show their frames to the packet filter, the kernel translates within the bridge what is for a published
 * port. Isolated ports would not let that by; the rule set does.
 */
const leavesToRules = ({ judgesFrames, filtersFrames }: DriverSettings): boolean =>
  judgesFrames === true && filtersFrames === true;

/** Frames are judged also where ports are isolated: what bridges show to the packet filter may change at any time. */
const apartElements = (joined: JoinedEndpoint, settings: DriverSettings, owner: string): Plan['elements'] => [
  ...(settings.judgesFrames === true ? [elementOfMember(owner, joined.lease.hostInterface)] : []),
  ...(joined.links?.() ?? []).flatMap((link) => elementsOfLink({ owner, ...link })),
];

/** In the families that this endpoint leads out in. */
function portElements(joined: JoinedEndpoint, { directRouting }: DriverSettings, owner: string): Plan['elements'] {
  const { network, sandbox, lease } = joined;
  const { mode4, mode6, trusted } = bridgeConfig(network);
  const direct = directRouting === true ? 'all' : 'trusted';
  const ipv4 = leads(joined, 4) ? lease.ipv4?.split('/')[0] : undefined;
  const ipv6 = leads(joined, 6) ? lease.ipv6?.split('/')[0] : undefined;
  return elementsOfPorts({
    owner,
    ports: sandbox.ports,
    mode4,
    mode6,
    ...(direct === 'all' || trusted.length > 0 ? { direct } : {}),
    elsewhere6: sandbox.gateway6EndpointId !== undefined,
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
  });
}
