import { Cidr, formatIp, parseIp } from '../../../base/index.ts';
import type { NetworkRecord, Pool, PortRequest, SandboxRecord } from '../../../store/records.ts';

/** Bodies of the protocol, from records. Names of the keys are libnetwork's (`netlabel`). */
const label = 'com.docker.network';

/** Body of CreateNetwork. */
export function networkRequest(network: NetworkRecord): object {
  const { id, options, ipv4, ipv6, internal } = network;
  return {
    NetworkID: id,
    Options: {
      [`${label}.generic`]: options,
      [`${label}.enable_ipv4`]: ipv4,
      [`${label}.enable_ipv6`]: ipv6,
      ...(internal ? { [`${label}.internal`]: true } : {}),
    },
    IPv4Data: poolsOf(network, 4),
    IPv6Data: poolsOf(network, 6),
  };
}

/** A network without addresses of its own still has a pool, as libnetwork's null IPAM driver gives one. */
function poolsOf({ ipam, ipv4 }: NetworkRecord, family: 4 | 6): readonly object[] {
  const pools = ipam.pools.filter(({ subnet }) => Cidr.parse(subnet).family === family);
  if (ipam.driver === 'null') {
    return family === 4 && ipv4 ? [{ AddressSpace: 'null', Pool: '0.0.0.0/0', Gateway: '0.0.0.0/0' }] : [];
  }
  return pools.map(poolData);
}

function poolData({ subnet, gateway, auxiliary = {}, remote }: Pool): object {
  const { prefix } = Cidr.parse(subnet);
  const inPool = (address: string): string => `${formatIp(parseIp(address))}/${prefix}`;
  const named = Object.entries(auxiliary).map(([name, address]) => [name, inPool(address)] as const);
  return {
    AddressSpace: remote?.space ?? 'LocalDefault',
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
