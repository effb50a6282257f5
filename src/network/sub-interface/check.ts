import { AppError, Cidr, parseIp } from '../../base/index.ts';
import type { NetworkRecord } from '../../store/records.ts';
import { refuseUnknown } from '../drivers/unknown-options.ts';
import { type ChildConfig, childConfig, childOptions, hostAddressName } from './config.ts';
import type { Family } from './family.ts';

/** Refuses a network that cannot be, or that another one is in the way of. Texts are Docker's where it has one. */
export function checkChildNetwork(family: Family, network: NetworkRecord, others: readonly NetworkRecord[]): void {
  refuseUnknown(network.options, optionsOf(family));
  if (!network.ipv4 && !network.ipv6) throw new AppError('invalid', 'IPv4 or IPv6 must be enabled');
  const config = childConfig(family, network);
  checkHostAccess(family, network, config);
  for (const other of others) {
    if (other.id !== network.id && other.options[childOptions.parent] === config.parent.name) {
      refuseSharing(family, config, other);
    }
  }
}

export const optionsOf = (family: Family): readonly string[] => [...Object.values(childOptions), ...family.options];

function refuseSharing(family: Family, { parent, kind }: ChildConfig, other: NetworkRecord): void {
  if (other.driver === family.name) {
    const why = family.sharingRefusal(kind, parent.name, { id: other.id, kind: childConfig(family, other).kind });
    if (why !== undefined) throw new AppError('conflict', why);
  } else if (other.driver === 'macvlan' || other.driver === 'ipvlan') {
    const rule = 'the kernel has either macvlan or ipvlan links on one parent';
    throw new AppError(
      'conflict',
      `${other.driver} network ${other.name} is already using parent interface ${parent.name}: ${rule}`,
    );
  }
}

function checkHostAccess(family: Family, network: NetworkRecord, { shim, kind, hostAddresses }: ChildConfig): void {
  if (shim === undefined) {
    if (hostAddresses.length === 0) return;
    throw new AppError('invalid', `${childOptions.hostAddress} is of no use with ${childOptions.hostAccess}=false`);
  }
  const why = family.hostRefusal(kind);
  if (why !== undefined) throw new AppError('invalid', `${childOptions.hostAccess}=true: ${why}`);
  const { driver } = network.ipam;
  if (driver !== '' && driver !== 'default') {
    const text = `the addresses of plugin ${driver} are for containers only: the host has none of its own`;
    throw new AppError('invalid', `${childOptions.hostAccess}=true: ${text}`);
  }
  for (const address of hostAddresses) refuseAddress(network, address);
}

function refuseAddress(network: NetworkRecord, address: string): void {
  const why = addressFault(network, address);
  if (why !== undefined) throw new AppError('invalid', `${childOptions.hostAddress}=${address}: ${why}`);
}

/** Why the host cannot have this address on the network; undefined when it can. */
function addressFault({ ipam }: NetworkRecord, address: string): string | undefined {
  const wanted = parseIp(address);
  const pool = ipam.pools.find(({ subnet }) => Cidr.parse(subnet).contains(wanted));
  if (pool === undefined) return `no configured subnet contains IP address ${address}`;
  if (pool.gateway !== undefined && parseIp(pool.gateway).value === wanted.value) return 'it is the gateway';
  const taken = Object.entries(pool.auxiliary ?? {}).find(([, other]) => parseIp(other).value === wanted.value);
  // A record that is complete has it itself.
  if (taken === undefined || taken[0] === hostAddressName) return undefined;
  return `it is the auxiliary address ${taken[0]}`;
}
