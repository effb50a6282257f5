import { Cidr, formatIp, parseIp } from '../../../base/index.ts';
import type { NetworkRecord, Pool, PortRequest, SandboxRecord } from '../../../store/records.ts';

/** Bodies of the protocol, from records. Names of the keys are libnetwork's (`netlabel`). */
const label = 'com.docker.network';

/** Body of CreateNetwork. */
export function networkRequest(network: NetworkRecord): object {
  return {
    NetworkID: network.id,
    Options: networkOptions(network),
    IPv4Data: poolsOf(network, 4),
    IPv6Data: poolsOf(network, 6),
  };
}

/** Of a network, and of the question about its gateways that comes before it. */
export const networkOptions = ({ options, ipv4, ipv6, internal }: Omit<NetworkRecord, 'ipam'>): object => ({
  [`${label}.generic`]: options,
  [`${label}.enable_ipv4`]: ipv4,
  [`${label}.enable_ipv6`]: ipv6,
  ...(internal ? { [`${label}.internal`]: true } : {}),
});

function poolsOf({ ipam }: NetworkRecord, family: 4 | 6): readonly object[] {
  const pools = ipam.pools.filter(({ subnet }) => Cidr.parse(subnet).family === family);
  return pools.map((pool) => poolData(pool, ipam.driver === 'null' ? 'null' : 'LocalDefault'));
}

function poolData({ subnet, gateway, auxiliary = {}, remote }: Pool, space: string): object {
  const { prefix } = Cidr.parse(subnet);
  const inPool = (address: string): string => `${formatIp(parseIp(address))}/${prefix}`;
  const named = Object.entries(auxiliary).map(([name, address]) => [name, inPool(address)] as const);
  return {
    AddressSpace: remote?.space ?? space,
    Pool: subnet,
    ...(gateway === undefined ? {} : { Gateway: inPool(gateway) }),
    ...(named.length === 0 ? {} : { AuxAddresses: Object.fromEntries(named) }),
  };
}

/** What a sandbox publishes, as Join and ProgramExternalConnectivity are told it. */
export function portOptions({ portRequests = [] }: SandboxRecord): object {
  return {
    [`${label}.endpoint.exposedports`]: portRequests.map(({ protocol, containerPort }) => ({
      Proto: protocolNumbers[protocol],
      Port: containerPort,
    })),
    [`${label}.portmap`]: portRequests.map(portBinding),
  };
}

const portBinding = ({ protocol, containerPort, hostIp, hostPortFirst, hostPortLast }: PortRequest): object => ({
  Proto: protocolNumbers[protocol],
  IP: '',
  Port: containerPort,
  HostIP: hostIp,
  HostPort: hostPortFirst,
  HostPortEnd: hostPortLast,
});

const protocolNumbers: Readonly<Record<PortRequest['protocol'], number>> = { tcp: 6, udp: 17, sctp: 132 };
