import { AppError, Cidr, formatIp, newId } from '../base/index.ts';
import type { NetworkRecord, Pool } from '../store/records.ts';
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

/**
 * The default network as the flags describe it now. It keeps its id, and its addresses unless `--bip` says otherwise.
 * `choose` finds a free pool.
 */
export function defaultBridge(
  options: NetworkOptions,
  found: NetworkRecord | undefined,
  bridge: string,
  choose: () => readonly Pool[],
): NetworkRecord {
  const pools = options.bip === undefined ? kept(found) : [poolOf(options.bip)];
  return {
    ...(found ?? blank()),
    name: 'bridge',
    driver: 'bridge',
    ipam: { driver: 'default', options: {}, pools: pools ?? choose() },
    options: {
      [bridgeOptions.defaultBridge]: 'true',
      [bridgeOptions.icc]: `${options.icc}`,
      [bridgeOptions.masquerade]: `${options.ipMasquerade}`,
      [bridgeOptions.hostBinding]: options.ip ?? '0.0.0.0',
      [bridgeOptions.name]: bridge,
      [bridgeOptions.mtu]: `${options.mtu ?? 1500}`,
    },
  };
}

/** Pools that we chose stay; those of a `--bip` that is no longer given do not. */
const kept = (found: NetworkRecord | undefined): readonly Pool[] | undefined =>
  found?.ipam.pools.every(({ automatic }) => automatic) === true ? found.ipam.pools : undefined;

/** `--bip` is the bridge's own address with its prefix: "10.9.0.1/24". */
function poolOf(bip: string): Pool {
  const address = Cidr.parse(bip);
  if (address.family !== 4 || address.ip.value === address.first) {
    throw new AppError(
      'invalid',
      `invalid --bip ${bip}: want the address of the bridge with its prefix, as 10.9.0.1/24`,
    );
  }
  return { subnet: `${address.network}`, gateway: formatIp(address.ip), automatic: false };
}

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
