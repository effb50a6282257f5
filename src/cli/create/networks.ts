import type { EndpointConfig } from '../../contract/index.ts';
import { InvalidValue } from '../values/invalid.ts';
import { csvFields } from './fields.ts';
import { splitPair } from './lists.ts';

/** One --network: a name, or "name=shop,alias=web,ip=172.30.0.5". */
export type NetworkRequest = {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly ip: string;
  readonly ip6: string;
  readonly linkLocalIps: readonly string[];
  readonly macAddress: string;
  readonly links: readonly string[];
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly gatewayPriority: number;
};

const bare = (name: string): NetworkRequest => ({
  name,
  aliases: [],
  ip: '',
  ip6: '',
  linkLocalIps: [],
  macAddress: '',
  links: [],
  driverOptions: {},
  gatewayPriority: 0,
});

/** Reads one --network. Throws InvalidValue. */
export function parseNetwork(text: string): NetworkRequest {
  if (!text.includes('=')) return bare(text);
  let request = bare('');
  for (const [key, value] of csvFields(text)) {
    const add = fields[key];
    if (add === undefined || value === undefined || value === '') {
      throw new InvalidValue(value === undefined ? `invalid field ${key}` : `invalid field key ${key}`);
    }
    request = { ...request, ...add(request, value) };
  }
  if (request.name === '') throw new InvalidValue('network name/id is not specified');
  return request;
}

const fields: Readonly<Record<string, (request: NetworkRequest, value: string) => Partial<NetworkRequest>>> = {
  name: (_request, name) => ({ name }),
  alias: ({ aliases }, value) => ({ aliases: [...aliases, value] }),
  ip: (_request, ip) => ({ ip }),
  ip6: (_request, ip6) => ({ ip6 }),
  'link-local-ip': ({ linkLocalIps }, value) => ({ linkLocalIps: [...linkLocalIps, value] }),
  'mac-address': (_request, macAddress) => ({ macAddress }),
  'driver-opt': ({ driverOptions }, value) => {
    const [name, setting] = splitPair(value);
    return { driverOptions: { ...driverOptions, [name]: setting } };
  },
  'gw-priority': (_request, value) => {
    if (!/^-?\d+$/.test(value)) throw new InvalidValue(`invalid gw-priority: ${value}`);
    return { gatewayPriority: Number(value) };
  },
};

/** What a container's options say about its (first) network. */
export type NetworkOptions = {
  readonly networks: readonly NetworkRequest[];
  readonly aliases: readonly string[];
  readonly ip: string;
  readonly ip6: string;
  readonly linkLocalIps: readonly string[];
  readonly macAddress: string;
  readonly links: readonly string[];
};

export type Networking = {
  readonly mode: string;
  readonly endpoints: Readonly<Record<string, Partial<EndpointConfig>>>;
};

/** The network mode and what is asked of each network, as docker's own client derives them. Throws InvalidValue. */
export function networking(options: NetworkOptions): Networking {
  const [first = bare('default'), ...others] = options.networks;
  const merged = mergeFirst(first, options);
  refuseMixture([merged, ...others]);
  if (!isUserDefined(first.name) && merged.aliases.length > 0) {
    throw new InvalidValue('network-scoped aliases are only supported for user-defined networks');
  }
  const endpoints = Object.fromEntries([merged, ...others].map((one) => [one.name, endpoint(one)]));
  const plain = Object.keys(endpoints).length === 1 && Object.keys(endpoints[first.name]!).length === 0;
  return { mode: first.name, endpoints: plain && first.name !== 'default' ? {} : endpoints };
}

function refuseMixture(networks: readonly NetworkRequest[]): void {
  const names = networks.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new InvalidValue(`network "${twice}" is specified multiple times`);
  if (names.some(isUserDefined) && !names.every(isUserDefined)) {
    const text = 'conflicting options: cannot attach both user-defined and non-user-defined network-modes';
    throw new InvalidValue(text);
  }
}

function mergeFirst(first: NetworkRequest, options: NetworkOptions): NetworkRequest {
  if (first.aliases.length > 0 && options.aliases.length > 0) conflict('network-alias', 'alias');
  if (first.ip !== '' && options.ip !== '') conflict('ip', 'ip');
  if (first.ip6 !== '' && options.ip6 !== '') conflict('ip6', 'ip6');
  if (first.macAddress !== '' && options.macAddress !== '') conflict('mac-address', 'mac-address');
  if (options.macAddress !== '' && !isMac(options.macAddress)) {
    throw new InvalidValue(`${options.macAddress} is not a valid mac address`);
  }
  return {
    ...first,
    aliases: [...first.aliases, ...options.aliases],
    ip: first.ip || options.ip,
    ip6: first.ip6 || options.ip6,
    macAddress: first.macAddress || options.macAddress,
    linkLocalIps: [...first.linkLocalIps, ...options.linkLocalIps],
    links: isUserDefined(first.name) ? options.links : [],
  };
}

function conflict(flag: string, field: string): never {
  throw new InvalidValue(`conflicting options: cannot specify both --${flag} and per-network ${field}`);
}

/** Six pairs of hexadecimal digits. */
const isMac = (text: string): boolean => /^[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}$/i.test(text.trim());

const isUserDefined = (name: string): boolean =>
  !['default', 'bridge', 'host', 'none', ''].includes(name) && !name.startsWith('container:');

function endpoint(request: NetworkRequest): Partial<EndpointConfig> {
  const { ip, ip6, linkLocalIps } = request;
  const addresses = {
    ...(ip === '' ? {} : { IPv4Address: ip }),
    ...(ip6 === '' ? {} : { IPv6Address: ip6 }),
    ...(linkLocalIps.length === 0 ? {} : { LinkLocalIPs: linkLocalIps }),
  };
  return {
    ...(Object.keys(addresses).length === 0 ? {} : { IPAMConfig: addresses as EndpointConfig['IPAMConfig'] }),
    ...(request.aliases.length === 0 ? {} : { Aliases: request.aliases }),
    ...(request.links.length === 0 ? {} : { Links: request.links }),
    ...(request.macAddress === '' ? {} : { MacAddress: request.macAddress }),
    ...(Object.keys(request.driverOptions).length === 0 ? {} : { DriverOpts: request.driverOptions }),
    ...(request.gatewayPriority === 0 ? {} : { GwPriority: request.gatewayPriority }),
  };
}
