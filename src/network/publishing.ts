import type { EndpointLease, NetworkRecord, PortRequest, PublishedPort, SandboxRecord } from '../store/records.ts';
import type { Core } from './core.ts';
import type { Gateways } from './gateway.ts';
import type { PortOwner, RelayTarget } from './ports/index.ts';

/** What a container's host ports need of the core. */
type Parts = Pick<Core, 'records' | 'drivers' | 'ports' | 'flows'>;

export const ownerOf = (of: { readonly containerId: string; readonly containerName: string }): PortOwner => ({
  id: of.containerId,
  name: of.containerName,
});

/**
 * Resolves and reserves what is to be published through these endpoints; nothing while no network leads out. Through a
 * network without translation the container's own ports are opened, and none of the host's.
 */
export async function reserve(
  parts: Parts & Pick<Core, 'log'>,
  owner: PortOwner,
  requests: readonly PortRequest[],
  gateways: Gateways,
): Promise<readonly PublishedPort[]> {
  const networks = networksOf(parts, gateways);
  if (networks.length === 0 || requests.length === 0) return [];
  const network = networks.find(({ driver }) => parts.drivers.get(driver).publishes !== false);
  if (network === undefined) {
    if (networks.some(({ driver }) => parts.drivers.get(driver).external !== undefined)) return [];
    const [{ name, driver } = { name: '', driver: '' }] = networks;
    parts.log.warn(`container ${owner.name}: ports of network ${name} (${driver}) are not published: none is needed`);
    return [];
  }
  const hostIp = parts.drivers.get(network.driver).hostBinding(network) ?? '';
  // Host addresses of ports that name none come from the network they are published through.
  const bound = requests.map((request) => (request.hostIp === '' ? { ...request, hostIp } : request));
  const ways = waysOf(parts, gateways);
  const wanted = bound.flatMap((request) => byFamily(request, ways));
  const reserved = await parts.ports.reserve(
    owner,
    wanted.filter(({ host }) => host).map(({ request }) => request),
  );
  return [...reserved, ...wanted.filter(({ host }) => !host).map(({ request }) => opened(request))];
}

/** Whether ports published through these endpoints are the host's, in one family at least. */
export const translates = (parts: Pick<Core, 'records' | 'drivers'>, gateways: Gateways): boolean =>
  waysOf(parts, gateways).some(({ host }) => host);

/** How ports are published in one family: as the host's, or by opening the container's own. */
type Way = { readonly family: 4 | 6; readonly host: boolean };

/** Of the families that these endpoints lead out in. */
const waysOf = (parts: Pick<Core, 'records' | 'drivers'>, { ipv4, ipv6 }: Gateways): readonly Way[] =>
  ([4, 6] as const).flatMap((family) => {
    const [network] = networksOf(parts, family === 4 ? { ...(ipv4 && { ipv4 }) } : { ...(ipv6 && { ipv6 }) });
    const driver = network && parts.drivers.get(network.driver);
    if (network === undefined || driver === undefined || driver.publishes === false) return [];
    return { family, host: driver.translates(network, family) };
  });

/**
 * What one request is in each family. "" stays one request, with one number, where both families are the host's, and
 * where there is no IPv6: that is closed by the rules, except to the host itself.
 */
function byFamily(
  request: PortRequest,
  ways: readonly Way[],
): readonly (Omit<Way, 'family'> & { request: PortRequest })[] {
  const { hostIp } = request;
  const [first, second] = ways;
  if (first === undefined) return [];
  if (hostIp !== '') {
    const way = ways.find(({ family }) => (family === 6) === hostIp.includes(':'));
    if (way !== undefined) return [{ request, host: way.host }];
    // Of a container without IPv6 the host itself is relayed to; one without IPv4 cannot be reached over it.
    return hostIp.includes(':') && first.host ? [{ request, host: true }] : [];
  }
  const one = second === undefined ? first.family === 4 : first.host === second.host;
  if (one) return [{ request, host: first.host }];
  return ways.map(({ family, host }) => ({ request: { ...request, hostIp: family === 4 ? '0.0.0.0' : '::' }, host }));
}

const networksOf = ({ records }: Pick<Core, 'records'>, { ipv4, ipv6 }: Gateways): readonly NetworkRecord[] =>
  [ipv4, ipv6].flatMap((endpoint) => (endpoint && records.network(endpoint.networkId)) ?? []);

const opened = ({ protocol, containerPort, hostIp }: PortRequest): PublishedPort => ({
  protocol,
  containerPort,
  count: 1,
  hostIp,
  hostPort: 0,
});

/** Those of the sandbox's ports that are the host's too. */
export const hostPortsOf = ({ ports }: SandboxRecord): readonly PublishedPort[] =>
  ports.filter(({ hostPort }) => hostPort !== 0);

/** Starts or moves what serves the sandbox's ports to the addresses of its gateway endpoints, now that the rules are in. */
export function serve({ records, ports, flows }: Parts, sandbox: SandboxRecord): void {
  const addresses = gatewayAddresses({ records }, sandbox);
  if (sandbox.ports.length === 0 || Object.keys(addresses).length === 0) return;
  ports.serve(sandbox.containerId, addresses);
  flows.published(sandbox.ports, addresses);
}

/** After the rules are out that led to these addresses of the sandbox, and no longer do. */
export function withdraw(core: Parts, sandbox: SandboxRecord, published: RelayTarget): void {
  if (sandbox.ports.length === 0) return;
  const { ipv4, ipv6 } = gatewayAddresses(core, core.records.sandboxOf(sandbox.containerId));
  core.flows.withdrawn({
    ...(published.ipv4 === undefined || published.ipv4 === ipv4 ? {} : { ipv4: published.ipv4 }),
    ...(published.ipv6 === undefined || published.ipv6 === ipv6 ? {} : { ipv6: published.ipv6 }),
  });
}

/** Where the sandbox's ports lead; nowhere while it has none, or no network leads out. */
export function gatewayAddresses(
  { records }: Pick<Core, 'records'>,
  sandbox: Pick<SandboxRecord, 'gatewayEndpointId' | 'gateway6EndpointId'> | undefined,
): RelayTarget {
  const leaseOf = (id: string | undefined): EndpointLease | undefined =>
    id === undefined ? undefined : records.endpoint(id)?.lease;
  const ipv4 = leaseOf(sandbox?.gatewayEndpointId)?.ipv4?.split('/')[0];
  const ipv6 = leaseOf(sandbox?.gateway6EndpointId)?.ipv6?.split('/')[0];
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}
