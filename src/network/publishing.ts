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
    const [{ name, driver } = { name: '', driver: '' }] = networks;
    parts.log.warn(`container ${owner.name}: ports of network ${name} (${driver}) are not published: none is needed`);
    return [];
  }
  const hostIp = parts.drivers.get(network.driver).hostBinding(network) ?? '';
  // Host addresses of ports that name none come from the network they are published through.
  const bound = requests.map((request) => (request.hostIp === '' ? { ...request, hostIp } : request));
  return translates(parts, gateways) ? parts.ports.reserve(owner, bound) : bound.map(opened);
}

/** Whether ports published through these endpoints are the host's, in one family at least. */
export const translates = (parts: Pick<Core, 'records' | 'drivers'>, gateways: Gateways): boolean =>
  networksOf(parts, gateways).some((network) => {
    const driver = parts.drivers.get(network.driver);
    return driver.publishes !== false && driver.translates(network);
  });

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
