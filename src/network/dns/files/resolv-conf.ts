import { isIp } from '../../../base/index.ts';
import type { ResolvConf, ResolvConfOverrides } from './types.ts';

/** Where the embedded resolver listens in every sandbox on a user-defined network. */
export const embeddedAddress = '127.0.0.11';

/** Asked when the host has no server that a container could reach. */
const publicServers = ['8.8.8.8', '8.8.4.4'];
const publicServers6 = ['2001:4860:4860::8888', '2001:4860:4860::8844'];

/** resolv.conf(5): the last `search` or `domain` line counts, `options` lines add up, bad addresses are left out. */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = [];
  const options: string[] = [];
  let search: readonly string[] = [];
  for (const raw of text.split('\n')) {
    if (/^\s*[#;]/.test(raw)) continue;
    const [keyword, ...values] = raw.trim().split(/\s+/);
    if (keyword === 'nameserver' && isServer(values[0])) nameservers.push(values[0]);
    else if (keyword === 'search' || keyword === 'domain') search = values;
    else if (keyword === 'options') options.push(...values);
  }
  return { nameservers, search, options };
}

/** For a sandbox on the default bridge, which has no embedded resolver: the host's servers, where reachable. */
export function bridgeResolvConf(host: ResolvConf, overrides: ResolvConfOverrides, ipv6: boolean): string {
  const merged = merge(host, overrides);
  const asked = overrides.nameservers.length > 0;
  const reachable = merged.nameservers.filter((server) => asked || (!isLoopback(server) && (ipv6 || !isIpv6(server))));
  if (reachable.length > 0)
    return format(
      { ...merged, nameservers: reachable },
      asked ? 'as asked for' : "the host's, as far as a container can reach them",
    );
  const fallback = [...publicServers, ...(ipv6 ? publicServers6 : [])];
  return format(
    { ...merged, nameservers: fallback },
    'public ones, since the host names none that a container can reach',
  );
}

/** For a sandbox on user-defined networks. The servers of `host` and `overrides` are the resolver's own business. */
export function embeddedResolvConf(host: ResolvConf, overrides: ResolvConfOverrides): string {
  const merged = merge(host, overrides);
  const options = merged.options.some((o) => o.startsWith('ndots:')) ? merged.options : [...merged.options, 'ndots:0'];
  return format(
    { ...merged, nameservers: [embeddedAddress], options },
    "the engine's resolver, which asks others for what it does not know",
  );
}

/** `--dns-search .` asks for no search domains at all. */
function merge(host: ResolvConf, overrides: ResolvConfOverrides): ResolvConf {
  const search = pick(overrides.search, host.search);
  return {
    nameservers: pick(overrides.nameservers, host.nameservers),
    search: search.length === 1 && search[0] === '.' ? [] : search,
    options: pick(overrides.options, host.options),
  };
}

const pick = (first: readonly string[], second: readonly string[]): readonly string[] =>
  first.length > 0 ? first : second;

function format(conf: ResolvConf, servers: string): string {
  const out = [
    '# Written by Portolan. A version edited by hand is left alone from then on.',
    `# Nameservers: ${servers}.`,
    ...conf.nameservers.map((server) => `nameserver ${server}`),
  ];
  if (conf.search.length > 0) out.push(`search ${conf.search.join(' ')}`);
  if (conf.options.length > 0) out.push(`options ${conf.options.join(' ')}`);
  return `${out.join('\n')}\n`;
}

/** resolv.conf addresses may carry a zone: "fe80::1%eth0". */
const isServer = (value: string | undefined): value is string => value !== undefined && isIp(value.replace(/%.*$/, ''));
const isIpv6 = (address: string): boolean => address.includes(':');
const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
