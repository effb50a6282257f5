import { formatIp, parseIp } from '../../base/index.ts';
import type { PublishedPort } from '../../store/records.ts';
import type { NftElement } from '../plan/types.ts';

/** How a network's addresses meet the world, per family: Docker's `gateway_mode_ipv4` and `gateway_mode_ipv6`. */
export type GatewayMode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated';

/** What the rule set must know of one network. */
export type NetworkIntent = {
  readonly owner: string;
  /** Interface name of the network's bridge. */
  readonly bridge: string;
  /** CIDR texts: a network has the families that it has a subnet of. */
  readonly subnets: readonly string[];
  readonly internal: boolean;
  /** Containers of this network may talk to each other. */
  readonly icc: boolean;
  readonly masquerade: boolean;
  /** Absent: nat. */
  readonly mode4?: GatewayMode;
  readonly mode6?: GatewayMode;
  /** Source address for what leaves, instead of the outgoing interface's own (`host_ipv4`, `host_ipv6`). */
  readonly snat4?: string;
  readonly snat6?: string;
  /** Interfaces of the host from which published ports are reached by the containers' own addresses. */
  readonly trusted?: readonly string[];
};

/** What the rule set must know of the published ports of one container. */
export type PortsIntent = {
  readonly owner: string;
  readonly ports: readonly PublishedPort[];
  /** The container's addresses on its gateway endpoint, without prefix. */
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** Who may reach the published ports by the container's own address where it is translated. Absent: nobody. */
  readonly direct?: 'all' | 'trusted';
  /** The container has IPv6, but another endpoint holds the ports in it. */
  readonly elsewhere6?: boolean;
  /** Absent: nat. */
  readonly mode4?: GatewayMode;
  readonly mode6?: GatewayMode;
};

/** The elements that a network needs, in nft's text. */
export function elementsOfNetwork(network: NetworkIntent): readonly NftElement[] {
  const { owner, bridge } = network;
  const pair = `${quote(bridge)} . ${quote(bridge)}`;
  const elements: NftElement[] = [
    { set: 'bridges', key: quote(bridge), owner },
    { set: network.icc ? 'peers' : 'apart', key: pair, owner },
  ];
  const trusted = (network.trusted ?? []).map((link) => `${quote(link)} . ${quote(bridge)}`);
  if (network.internal) return [...elements, { set: 'internal', key: quote(bridge), owner }];
  const families = new Set(network.subnets.map((subnet) => (subnet.includes(':') ? 6 : 4)));
  elements.push(...trusted.map((key) => ({ set: 'trusted', key, owner })));
  return [...elements, ...[...families].flatMap((family) => [...elementsOfFamily(network, family)])];
}

function* elementsOfFamily(network: NetworkIntent, family: 4 | 6): Iterable<NftElement> {
  const { owner, bridge } = network;
  const mode = (family === 4 ? network.mode4 : network.mode6) ?? 'nat';
  const snat = family === 4 ? network.snat4 : network.snat6;
  if (mode === 'routed') yield { set: `routed${family}`, key: quote(bridge), owner };
  if (mode === 'nat-unprotected') yield { set: `unprotected${family}`, key: quote(bridge), owner };
  if (!network.masquerade || (mode !== 'nat' && mode !== 'nat-unprotected')) return;
  if (snat === undefined) yield { set: `masquerade${family}`, key: quote(bridge), owner };
  else yield { set: `snat${family}`, key: quote(bridge), value: spelled(snat), owner };
}

/** The element of a container's place on a bridge that keeps its containers apart; `link` is the host's end. */
export const elementOfMember = (owner: string, link: string): NftElement => ({ set: 'kept', key: quote(link), owner });

/** One container that may reach ports of another on a network that keeps its containers apart. Of one family. */
export type LinkIntent = {
  readonly owner: string;
  readonly from: string;
  readonly to: string;
  readonly ports: readonly { readonly protocol: PublishedPort['protocol']; readonly port: number }[];
};

/** The elements of links: each end of one may say it. */
export const elementsOfLink = ({ owner, from, to, ports }: LinkIntent): readonly NftElement[] =>
  ports.map(({ protocol, port }) => ({
    set: from.includes(':') ? 'linked6' : 'linked4',
    key: `${spelled(from)} . ${spelled(to)} . ${protocol} . ${port}`,
    owner,
  }));

/** The elements of a container's published ports: one for each range of equal numbers, else one for each port. */
export function elementsOfPorts(intent: PortsIntent): readonly NftElement[] {
  const elements: NftElement[] = [];
  for (const port of intent.ports) {
    if (intent.ipv4 !== undefined) elements.push(...inFamily(intent, port, 4, spelled(intent.ipv4)));
    if (intent.ipv6 !== undefined) elements.push(...inFamily(intent, port, 6, spelled(intent.ipv6)));
    else if (intent.ipv4 !== undefined && intent.elsewhere6 !== true) elements.push(...closed(intent, port));
  }
  return elements;
}

/** A port of the host's IPv6 addresses too, of a container that has none: see `closed` in ruleset.ts. */
function closed({ owner, mode4 = 'nat' }: PortsIntent, port: PublishedPort): readonly NftElement[] {
  const host = hostAddress(port.hostIp, 6);
  if (host === undefined || host === '::1' || port.hostPort === 0 || mode4 === 'routed') return [];
  const numbers = span(port.hostPort, port.count);
  const range = port.count === 1 ? '' : '_range';
  if (host === '') return [{ set: `closed6${range}`, key: `${port.protocol} . ${numbers}`, owner }];
  return [{ set: `closed6_at${range}`, key: `${port.protocol} . ${host} . ${numbers}`, owner }];
}

function inFamily(intent: PortsIntent, port: PublishedPort, family: 4 | 6, address: string): readonly NftElement[] {
  const mode = (family === 4 ? intent.mode4 : intent.mode6) ?? 'nat';
  if (mode === 'isolated') return [];
  if (mode === 'routed') return [opened(intent.owner, port, family, address)];
  const host = hostAddress(port.hostIp, family);
  if (host === undefined) return [];
  return [...translated(intent.owner, port, family, address, host), ...reachedDirectly(intent, port, family, address)];
}

/** A port of a translated network, by the container's own address. */
function reachedDirectly(
  { owner, direct }: PortsIntent,
  port: PublishedPort,
  family: 4 | 6,
  address: string,
): readonly NftElement[] {
  if (direct === undefined) return [];
  if (direct === 'all') return [opened(owner, port, family, address)];
  const key = `${address} . ${port.protocol} . ${span(port.containerPort, port.count)}`;
  return [{ set: port.count === 1 ? `direct${family}` : `direct${family}_range`, key, owner }];
}

function opened(owner: string, port: PublishedPort, family: 4 | 6, address: string): NftElement {
  const set = port.count === 1 ? `open${family}` : `open${family}_range`;
  return { set, key: `${address} . ${port.protocol} . ${span(port.containerPort, port.count)}`, owner };
}

function translated(
  owner: string,
  port: PublishedPort,
  family: 4 | 6,
  address: string,
  host: string,
): readonly NftElement[] {
  const at = host === '' ? '' : '_at';
  const prefix = host === '' ? port.protocol : `${port.protocol} . ${host}`;
  if (port.count > 1 && port.hostPort === port.containerPort) {
    const key = `${prefix} . ${span(port.hostPort, port.count)}`;
    return [{ set: `range${family}${at}`, key, value: address, owner }];
  }
  return Array.from({ length: port.count }, (_, i) => ({
    set: `publish${family}${at}`,
    key: `${prefix} . ${port.hostPort + i}`,
    value: `${address} . ${port.containerPort + i}`,
    owner,
  }));
}

/** The host address as a map key: "" for any; undefined when the binding is of the other family. */
function hostAddress(hostIp: string, family: 4 | 6): string | undefined {
  if (hostIp === '') return '';
  if (hostIp.includes(':') !== (family === 6)) return undefined;
  return hostIp === '0.0.0.0' || hostIp === '::' ? '' : spelled(hostIp);
}

const span = (first: number, count: number): string => (count === 1 ? `${first}` : `${first}-${first + count - 1}`);

/** IPv6 has many spellings; elements are compared as texts. */
const spelled = (address: string): string => formatIp(parseIp(address));

/** Interface names go quoted: nft would read some of them (`ip`, `tcp`) as words of its language. */
const quote = (name: string): string => `"${name}"`;
