import type { NetworkOptions } from '../network/index.ts';
import type { DaemonFlags } from './flags/index.ts';

/** What the network core has from elsewhere than the flags. */
export type Surroundings = Pick<NetworkOptions, 'runDir' | 'pluginDir' | 'table' | 'hostId' | 'notice'>;

/** The network core's options, as the flags say. */
export function networkOptions(flags: DaemonFlags, surroundings: Surroundings): NetworkOptions {
  return {
    ...surroundings,
    ...present({
      bridge: flags.bridge,
      bip: flags.bip,
      bip6: flags.bip6,
      fixedCidr: flags.fixedCidr,
      fixedCidr6: flags.fixedCidrV6,
      defaultGateway: flags.defaultGateway,
      defaultGateway6: flags.defaultGatewayV6,
      mtu: flags.mtu === 0 ? undefined : flags.mtu,
      ip: flags.ip,
      bridgeAcceptFwmark: flags.bridgeAcceptFwmark,
      defaultAddressPools: flags.defaultAddressPool.length === 0 ? undefined : flags.defaultAddressPool,
    }),
    ipv6: flags.ipv6,
    icc: flags.icc,
    dns: flags.dns,
    dnsSearch: flags.dnsSearch,
    dnsOptions: flags.dnsOpt,
    hostGatewayIps: flags.hostGatewayIp,
    ipForward: flags.ipForward,
    ipForwardNoDrop: flags.ipForwardNoDrop,
    ipMasquerade: flags.ipMasq,
    allowDirectRouting: flags.allowDirectRouting,
    defaultNetworkOptions: byDriver(flags.defaultNetworkOpt),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;

function byDriver(given: DaemonFlags['defaultNetworkOpt']): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const drivers: Record<string, Record<string, string>> = {};
  for (const { driver, key, value } of given) drivers[driver] = { ...drivers[driver], [key]: value };
  return drivers;
}
