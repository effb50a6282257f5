import { isIp } from '../../../base/index.ts';
import type { ResolvConf, ResolvConfOverrides } from './types.ts';

/** Where the embedded resolver listens in every sandbox on a user-defined network. */
export const embeddedAddress = '127.0.0.11';

/** Asked when the host has no server that a container could reach. */
const publicServers = ['8.8.8.8', '8.8.4.4'];
const publicServers6 = ['2001:4860:4860::8888', '2001:4860:4860::8844'];

const isNdots = (option: string): boolean => option.startsWith('ndots:');

/** resolv.conf(5): the last `search` or `domain` line counts, `options` lines add up. */
export function parseResolvConf(text: string, path?: string): ResolvConf {
  const nameservers: string[] = [];
  const options: string[] = [];
  const others: string[] = [];
  const invalid: string[] = [];
  let search: readonly string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const [keyword, ...values] = line.split(/\s+/);
    const [first = ''] = values;
    if (keyword === 'nameserver') (isServer(first) ? nameservers : invalid).push(first);
    else if (keyword === 'search' || keyword === 'domain') search = values;
    else if (keyword === 'options') options.push(...values);
    else others.push(line);
  }
  return {
    nameservers,
    search,
    options,
    ...(others.length === 0 ? {} : { others }),
    ...(invalid.length === 0 ? {} : { invalid }),
    ...(path === undefined ? {} : { path }),
  };
}

/** For a sandbox on the default bridge, which has no embedded resolver: the host's servers, where reachable. */
export function bridgeResolvConf(host: ResolvConf, overrides: ResolvConfOverrides, ipv6: boolean): string {
  const merged = merge(host, overrides);
  const asked = overrides.nameservers.length > 0;
  const reachable = merged.nameservers.filter((server) => asked || (!isLoopback(server) && (ipv6 || !isIpv6(server))));
  const fallback = reachable.length > 0 ? [] : [...publicServers, ...(ipv6 ? publicServers6 : [])];
  const origin = [...basedOn(host, 'legacy'), ...(fallback.length > 0 ? ['Used default nameservers.'] : [])];
  return format({ ...merged, nameservers: [...reachable, ...fallback] }, [
    ...origin,
    ...overridden(overrides),
    ...ndotsFrom(host, overrides),
  ]);
}

/** For a sandbox on user-defined networks. The servers of `host` and `overrides` are the resolver's own business. */
export function embeddedResolvConf(host: ResolvConf, overrides: ResolvConfOverrides): string {
  const merged = merge(host, overrides);
  const ndots = ndotsFrom(host, overrides);
  return format(
    {
      ...merged,
      nameservers: [embeddedAddress],
      options: ndots.length > 0 ? merged.options : [...merged.options, 'ndots:0'],
    },
    [
      ...basedOn(host, 'internal resolver'),
      ...externalServers(host, overrides),
      ...overridden(overrides),
      ...(ndots.length > 0 ? ndots : ['Option ndots from: internal']),
    ],
  );
}

/** `--dns-search .` asks for no search domains at all. */
function merge(host: ResolvConf, overrides: ResolvConfOverrides): ResolvConf {
  const search = pick(overrides.search, host.search);
  return {
    ...host,
    nameservers: pick(overrides.nameservers, host.nameservers),
    search: search.length === 1 && search[0] === '.' ? [] : search,
    options: pick(overrides.options, host.options),
  };
}

const pick = (first: readonly string[], second: readonly string[]): readonly string[] =>
  first.length > 0 ? first : second;

// Comments tell where each part comes from, in the form in which Docker's users, and their scripts, know it.

function basedOn({ path, invalid = [] }: ResolvConf, way: string): string[] {
  const based = path === undefined ? [] : [`Based on host file: '${path}' (${way})`];
  return invalid.length === 0 ? based : [...based, `Invalid nameservers: [${invalid.join(' ')}]`];
}

/** Whom the embedded resolver asks, and from where. */
function externalServers(host: ResolvConf, { nameservers }: ResolvConfOverrides): string[] {
  const servers = nameservers.length > 0 ? nameservers : host.nameservers.map((server) => `host(${server})`);
  return [servers.length > 0 ? `ExtServers: [${servers.join(' ')}]` : 'NO EXTERNAL NAMESERVERS DEFINED'];
}

function overridden({ nameservers, search, options }: ResolvConfOverrides): string[] {
  const names = Object.entries({ nameservers, search, options }).flatMap(([name, { length }]) =>
    length > 0 ? [name] : [],
  );
  return [`Overrides: [${names.join(' ')}]`];
}

function ndotsFrom(host: ResolvConf, { options }: ResolvConfOverrides): string[] {
  if (!pick(options, host.options).some(isNdots)) return [];
  return [`Option ndots from: ${options.some(isNdots) ? 'override' : 'host'}`];
}

function format(conf: ResolvConf, comments: readonly string[]): string {
  const out = [
    '# Written by Portolan, which follows the host here. A version edited by hand is left alone from then on.',
    ...conf.nameservers.map((server) => `nameserver ${server}`),
  ];
  if (conf.search.length > 0) out.push(`search ${conf.search.join(' ')}`);
  if (conf.options.length > 0) out.push(`options ${conf.options.join(' ')}`);
  out.push(...(conf.others ?? []), '', ...comments.map((comment) => `# ${comment}`));
  return `${out.join('\n')}\n`;
}

/** resolv.conf addresses may carry a zone: "fe80::1%eth0". */
const isServer = (value: string): boolean => isIp(value.replace(/%.*$/, ''));
const isIpv6 = (address: string): boolean => address.includes(':');
const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
