import { isIp, shortId } from '../../../base/index.ts';
import type { NetworkRecord } from '../../../store/records.ts';
import type { GatewayMode } from '../../firewall/index.ts';
import { networkOptions } from '../../network-options.ts';
import { linkName } from '../interface-name.ts';
import { booleanOption, mtuOption, refused } from '../options.ts';
import { suggestion } from '../unknown-options.ts';

/** The options of a bridge network, as the API spells them. */
export const bridgeOptions = {
  name: 'com.docker.network.bridge.name',
  icc: 'com.docker.network.bridge.enable_icc',
  masquerade: 'com.docker.network.bridge.enable_ip_masquerade',
  hostBinding: 'com.docker.network.bridge.host_binding_ipv4',
  inhibitIpv4: 'com.docker.network.bridge.inhibit_ipv4',
  defaultBridge: 'com.docker.network.bridge.default_bridge',
  mtu: 'com.docker.network.driver.mtu',
  mode4: 'com.docker.network.bridge.gateway_mode_ipv4',
  mode6: 'com.docker.network.bridge.gateway_mode_ipv6',
  trusted: 'com.docker.network.bridge.trusted_host_interfaces',
  source4: 'com.docker.network.host_ipv4',
  source6: 'com.docker.network.host_ipv6',
  interfacePrefix: 'com.docker.network.container_iface_prefix',
} as const;

/** Auxiliary addresses that are the containers' gateways instead of the bridge: dockerd's names for `--default-gateway`. */
export const gatewayKeys = { 4: 'DefaultGatewayIPv4', 6: 'DefaultGatewayIPv6' } as const;

const modes: readonly string[] = ['nat', 'nat-unprotected', 'routed', 'isolated'] satisfies GatewayMode[];

const known: readonly string[] = [...Object.values(bridgeOptions), ...Object.values(networkOptions)];

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
  readonly mode4: GatewayMode;
  readonly mode6: GatewayMode;
  /** Addresses of the host that what leaves is given; undefined for those of the outgoing interface. */
  readonly source4: string | undefined;
  readonly source6: string | undefined;
  /** Interfaces of the host from which published ports are reached by the containers' own addresses. */
  readonly trusted: readonly string[];
  /** Interfaces inside are called this and a number. */
  readonly interfacePrefix: string;
};

/** Reads the options of a record. Throws Docker's `invalid` for a value that cannot be read. */
export function bridgeConfig({ id, options }: Pick<NetworkRecord, 'id' | 'options'>): BridgeConfig {
  return {
    bridge: bridgeName(id, options[bridgeOptions.name]),
    icc: booleanOption(options, bridgeOptions.icc, true),
    masquerade: booleanOption(options, bridgeOptions.masquerade, true),
    hostBinding: hostBinding(options[bridgeOptions.hostBinding]),
    inhibitIpv4: booleanOption(options, bridgeOptions.inhibitIpv4, false),
    mtu: mtuOption(options, bridgeOptions.mtu),
    mode4: gatewayMode(options, bridgeOptions.mode4),
    mode6: gatewayMode(options, bridgeOptions.mode6),
    source4: address(options, bridgeOptions.source4, 4),
    source6: address(options, bridgeOptions.source6, 6),
    trusted: trustedInterfaces(options[bridgeOptions.trusted]),
    interfacePrefix: linkName(bridgeOptions.interfacePrefix, options[bridgeOptions.interfacePrefix], 12) ?? 'eth',
  };
}

/**
 * Families in which neither the bridge nor a default route would use a gateway: its address is one more for containers,
 * as a /31 needs. Throws as `bridgeConfig` does.
 */
export function bridgeWithoutGateway(network: Pick<NetworkRecord, 'id' | 'internal' | 'options'>): readonly (4 | 6)[] {
  const { mode4, mode6, inhibitIpv4 } = bridgeConfig(network);
  return [
    ...(mode4 === 'isolated' || (inhibitIpv4 && network.internal) ? ([4] as const) : []),
    ...(mode6 === 'isolated' ? ([6] as const) : []),
  ];
}

/** The bridge of a network that was accepted: its name alone, for comparing many. */
export const bridgeOf = ({ id, options }: Pick<NetworkRecord, 'id' | 'options'>): string =>
  options[bridgeOptions.name] || `br-${shortId(id)}`;

/** A sentence for each option that nobody here reads. */
export const unknownOptions = (options: NetworkRecord['options']): readonly string[] =>
  Object.keys(options)
    .filter((key) => key.startsWith('com.docker.network.') && !known.includes(key))
    .map((key) => `option ${key} is not known here and has no effect${suggestion(key, known)}`);

const bridgeName = (id: string, wanted: string | undefined): string =>
  linkName(bridgeOptions.name, wanted, 15) ?? `br-${shortId(id)}`;

/** "eth1:eth2". */
const trustedInterfaces = (value = ''): readonly string[] =>
  value.split(':').flatMap((name) => linkName(bridgeOptions.trusted, name, 15) ?? []);

function hostBinding(value: string | undefined): string | undefined {
  if (value === '0.0.0.0') return undefined;
  if (value === undefined || value === '') return undefined;
  if (isIp(value)) return value;
  throw refused(bridgeOptions.hostBinding, value, 'not an IP address');
}

function address(options: NetworkRecord['options'], key: string, family: 4 | 6): string | undefined {
  const value = options[key];
  if (value === undefined || value === '') return undefined;
  if (isIp(value) && value.includes(':') === (family === 6)) return value;
  throw refused(key, value, `not an IPv${family} address`);
}

function gatewayMode(options: NetworkRecord['options'], key: string): GatewayMode {
  const value = options[key] || 'nat';
  if (modes.includes(value)) return value as GatewayMode;
  throw refused(key, value, `unknown gateway mode ${value}`);
}
