import { isIp, shortId } from '../../../base/index.ts';
import type { NetworkRecord } from '../../../store/records.ts';
import { booleanOption, numberOption, refused } from '../options.ts';

/** The options of a bridge network, as the API spells them. */
export const bridgeOptions = {
  name: 'com.docker.network.bridge.name',
  icc: 'com.docker.network.bridge.enable_icc',
  masquerade: 'com.docker.network.bridge.enable_ip_masquerade',
  hostBinding: 'com.docker.network.bridge.host_binding_ipv4',
  inhibitIpv4: 'com.docker.network.bridge.inhibit_ipv4',
  defaultBridge: 'com.docker.network.bridge.default_bridge',
  mtu: 'com.docker.network.driver.mtu',
} as const;

const known = new Set<string>(Object.values(bridgeOptions));

export type BridgeConfig = {
  /** Interface name of the bridge. */
  readonly bridge: string;
  /** Containers of this network may talk to each other. */
  readonly icc: boolean;
  readonly masquerade: boolean;
  /** Host address of ports that are published without one; undefined for all addresses. */
  readonly hostBinding: string | undefined;
  /** The bridge gets no IPv4 address. */
  readonly inhibitIpv4: boolean;
  /** Bytes; undefined for the kernel's default. */
  readonly mtu: number | undefined;
};

/** Reads the options of a record. Throws Docker's `invalid` for a value that cannot be read. */
export function bridgeConfig({ id, options }: Pick<NetworkRecord, 'id' | 'options'>): BridgeConfig {
  return {
    bridge: bridgeName(id, options[bridgeOptions.name]),
    icc: booleanOption(options, bridgeOptions.icc, true),
    masquerade: booleanOption(options, bridgeOptions.masquerade, true),
    hostBinding: hostBinding(options[bridgeOptions.hostBinding]),
    inhibitIpv4: booleanOption(options, bridgeOptions.inhibitIpv4, false),
    mtu: mtu(options),
  };
}

/** Options that nobody here reads. */
export const unknownOptions = (options: NetworkRecord['options']): readonly string[] =>
  Object.keys(options).filter((key) => key.startsWith('com.docker.network.') && !known.has(key));

/** Names of links: 1 to 15 bytes (IFNAMSIZ with its final zero, <linux/if.h>), no slash, no blank. */
function bridgeName(id: string, wanted: string | undefined): string {
  if (wanted === undefined || wanted === '') return `br-${shortId(id)}`;
  if (Buffer.byteLength(wanted) <= 15 && /^[^\s/:]+$/.test(wanted) && wanted !== '.' && wanted !== '..') return wanted;
  throw refused(bridgeOptions.name, wanted, 'a link name has 1 to 15 bytes, without slash, colon or blank');
}

function hostBinding(value: string | undefined): string | undefined {
  if (value === undefined || value === '' || value === '0.0.0.0') return undefined;
  if (isIp(value) && !value.includes(':')) return value;
  throw refused(bridgeOptions.hostBinding, value, 'not an IPv4 address');
}

/** 68 is the least that IPv4 allows (RFC 791); 65535 the most that a bridge takes. */
function mtu(options: NetworkRecord['options']): number | undefined {
  const bytes = numberOption(options, bridgeOptions.mtu);
  if (bytes === undefined || bytes === 0 || (bytes >= 68 && bytes <= 65_535)) return bytes || undefined;
  throw refused(bridgeOptions.mtu, `${bytes}`, 'want 68 to 65535 bytes');
}
