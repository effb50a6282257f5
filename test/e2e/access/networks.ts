/** Every kind of bridge network that decides differently who reaches whom. */
export type Kind = {
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly internal?: boolean;
};

const bridge = (options: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [`com.docker.network.bridge.${key}`, value]));

const modes = (ipv4: string, ipv6: string): Readonly<Record<string, string>> =>
  bridge({ gateway_mode_ipv4: ipv4, gateway_mode_ipv6: ipv6 });

/** `hostAddress` is one of the engine's host, beside its first. */
export const kinds = (hostAddress: string): readonly Kind[] => [
  { name: 'nat' },
  { name: 'unprotected', options: modes('nat-unprotected', 'nat-unprotected') },
  { name: 'routed', options: modes('routed', 'routed') },
  { name: 'nat4-routed6', options: modes('nat', 'routed') },
  { name: 'routed4-nat6', options: modes('routed', 'nat') },
  { name: 'internal', internal: true },
  { name: 'isolated', internal: true, options: modes('isolated', 'isolated') },
  { name: 'no-icc', options: bridge({ enable_icc: 'false' }) },
  { name: 'no-masquerade', options: bridge({ enable_ip_masquerade: 'false' }) },
  { name: 'host-address', options: { 'com.docker.network.host_ipv4': hostAddress } },
  { name: 'bound-to-loopback', options: bridge({ host_binding_ipv4: '127.0.0.1' }) },
  { name: 'trusting', options: bridge({ trusted_host_interfaces: 'eth0' }) },
];
