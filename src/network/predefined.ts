import { Cidr, newId } from '../base/index.ts';
import type { NetworkRecord, Pool } from '../store/records.ts';
import { type AddressingFlags, defaultAddressing } from './default-addressing.ts';
import { bridgeOptions } from './drivers/bridge/index.ts';
import type { NetworkOptions } from './types.ts';

/** Names that no user may take or remove. "default" is the API's word for the default network. */
const predefinedNames: ReadonlySet<string> = new Set(['bridge', 'host', 'none', 'default']);

export const isPredefined = (name: string): boolean => predefinedNames.has(name);

/** The default network resolves no names, and chooses its addresses itself. */
export const isDefaultBridge = ({ options }: NetworkRecord): boolean => options[bridgeOptions.defaultBridge] === 'true';

/** A network that its users made: host, none and the default bridge are not. */
export const isUserDefined = (network: NetworkRecord): boolean => !isPredefined(network.name);

type Basis = Pick<NetworkRecord, 'name' | 'driver' | 'ipv4'>;

/** The network `host` or `none`, as it was or new. */
export const singleton = (basis: Basis, found: NetworkRecord | undefined): NetworkRecord =>
  found ?? { ...blank(), ...basis };

/** The link that the default network is to stand on. */
export type DefaultLink = {
  readonly name: string;
  /** Somebody else made it. */
  readonly foreign: boolean;
  /** What it has, if it is there. */
  readonly addresses: readonly Cidr[];
};

/**
 * The default network as the flags describe it now. It keeps its id, and the addresses that were chosen for it unless a
 * flag says otherwise. `choose` finds a free pool.
 */
export function defaultBridge(
  options: NetworkOptions,
  found: NetworkRecord | undefined,
  link: DefaultLink,
  choose: (family: 4 | 6) => Pool,
): NetworkRecord {
  const ipv6 = options.ipv6 === true;
  const pools = ([4, 6] as const)
    .filter((family) => family === 4 || ipv6)
    .map((family) => defaultPool(family, options, found, link, choose));
  return {
    ...(found ?? blank()),
    name: 'bridge',
    driver: 'bridge',
    ipv6,
    ipam: { driver: 'default', options: {}, pools },
    options: {
      [bridgeOptions.defaultBridge]: 'true',
      [bridgeOptions.icc]: `${options.icc}`,
      [bridgeOptions.masquerade]: `${options.ipMasquerade}`,
      [bridgeOptions.hostBinding]: options.ip ?? '0.0.0.0',
      [bridgeOptions.name]: link.name,
      [bridgeOptions.mtu]: `${options.mtu ?? 1500}`,
    },
  };
}

function defaultPool(
  family: 4 | 6,
  options: NetworkOptions,
  found: NetworkRecord | undefined,
  link: DefaultLink,
  choose: (family: 4 | 6) => Pool,
): Pool {
  const kept = found?.ipam.pools.find(({ subnet, automatic }) => automatic && Cidr.parse(subnet).family === family);
  const keptAddress = kept === undefined ? [] : [Cidr.parse(`${kept.gateway}/${kept.subnet.split('/')[1]}`)];
  const addresses = link.foreign ? link.addresses.filter((one) => one.family === family) : keptAddress;
  const { pool, auxiliary, notices } = defaultAddressing(family, addressingFlags(family, options), {
    foreign: link.foreign,
    addresses,
  });
  for (const text of notices) options.notice(text);
  const more = auxiliary === undefined ? {} : { auxiliary };
  if (pool === undefined) return { ...choose(family), ...more };
  return { ...pool, ...more, automatic: !link.foreign && pool.subnet === kept?.subnet };
}

const addressingFlags = (family: 4 | 6, options: NetworkOptions): AddressingFlags =>
  family === 4
    ? { bip: options.bip, fixedCidr: options.fixedCidr, gateway: options.defaultGateway }
    : { bip: options.bip6, fixedCidr: options.fixedCidr6, gateway: options.defaultGateway6 };

const blank = (): NetworkRecord => ({
  id: newId(),
  name: '',
  driver: '',
  created: new Date().toISOString(),
  scope: 'local',
  ipv4: true,
  ipv6: false,
  internal: false,
  attachable: false,
  ipam: { driver: 'default', options: {}, pools: [] },
  options: {},
  labels: {},
});
