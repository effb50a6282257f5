import type { EndpointRecord, PortRequest, PublishedPort, SandboxRecord } from '../store/records.ts';
import type { Core } from './core.ts';
import type { PortOwner, RelayTarget } from './ports/index.ts';

/** What a container's host ports need of the core. */
type Parts = Pick<Core, 'records' | 'drivers' | 'ports' | 'flows'>;

export const ownerOf = (of: { readonly containerId: string; readonly containerName: string }): PortOwner => ({
  id: of.containerId,
  name: of.containerName,
});

/**
 * Resolves and reserves what is to be published through this endpoint; nothing while no network leads out. Through a
 * network without translation the container's own ports are opened, and none of the host's.
 */
export async function reserve(
  { records, drivers, ports, log }: Parts & Pick<Core, 'log'>,
  owner: PortOwner,
  requests: readonly PortRequest[],
  gateway: EndpointRecord | undefined,
): Promise<readonly PublishedPort[]> {
  const network = gateway && records.network(gateway.networkId);
  if (network === undefined || requests.length === 0) return [];
  const driver = drivers.get(network.driver);
  if (driver.publishes === false) {
    log.warn(
      `container ${owner.name}: ports of network ${network.name} (${driver.name}) are not published: none is needed`,
    );
    return [];
  }
  const hostIp = driver.hostBinding(network) ?? '';
  // Host addresses of ports that name none come from the network they are published through.
  const bound = requests.map((request) => (request.hostIp === '' ? { ...request, hostIp } : request));
  return driver.translates(network) ? ports.reserve(owner, bound) : bound.map(opened);
}

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

/** Starts or moves what serves the sandbox's ports to the addresses of its gateway endpoint, now that the rules are in. */
export function serve({ records, ports, flows }: Parts, sandbox: SandboxRecord): void {
  const addresses = gatewayAddresses({ records }, sandbox);
  if (sandbox.ports.length === 0 || addresses === undefined) return;
  ports.serve(sandbox.containerId, addresses);
  flows.published(sandbox.ports, addresses);
}

/** After the rules are out that led to the sandbox's gateway endpoint, whose addresses were these. */
export function withdraw({ flows }: Parts, sandbox: SandboxRecord, addresses: RelayTarget | undefined): void {
  if (sandbox.ports.length > 0 && addresses !== undefined) flows.withdrawn(addresses);
}

/** Where the sandbox's ports lead; undefined while no network leads out. */
export function gatewayAddresses(
  { records }: Pick<Core, 'records'>,
  { gatewayEndpointId }: SandboxRecord,
): RelayTarget | undefined {
  const lease = gatewayEndpointId === undefined ? undefined : records.endpoint(gatewayEndpointId)?.lease;
  if (lease === undefined) return undefined;
  const ipv4 = lease.ipv4?.split('/')[0];
  const ipv6 = lease.ipv6?.split('/')[0];
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}
