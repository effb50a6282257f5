import { Cidr, formatIp } from './ip.ts';

/** Variables that say through whom to ask for addresses; the lower-case names count where the upper-case ones are not set. */
const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const;

/** Each as it was given; "" for none. */
export type Proxies = { readonly [name in (typeof names)[number]]: string };

/** What the process was told, by its flags or its environment. */
export function proxiesOf(env: NodeJS.ProcessEnv = process.env): Proxies {
  const value = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  return { HTTP_PROXY: value('HTTP_PROXY'), HTTPS_PROXY: value('HTTPS_PROXY'), NO_PROXY: value('NO_PROXY') };
}

/**
 * The same for node's agents (`proxyEnv`), which are stricter than Go's clients: a proxy without a scheme is one by HTTP, a
 * name that is left out takes its subdomains along, blocks of addresses are ranges, and this machine is never asked for
 * through a proxy. Undefined when there is none.
 */
export function agentProxies(proxies = proxiesOf()): Record<string, string> | undefined {
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = proxies;
  if (HTTP_PROXY === '' && HTTPS_PROXY === '') return undefined;
  const left = NO_PROXY.split(',').flatMap((entry) => leftOut(entry.trim()));
  return {
    ...(HTTP_PROXY === '' ? {} : { HTTP_PROXY: withScheme(HTTP_PROXY) }),
    ...(HTTPS_PROXY === '' ? {} : { HTTPS_PROXY: withScheme(HTTPS_PROXY) }),
    NO_PROXY: [...left, 'localhost', '127.0.0.0-127.255.255.255', '::1', '[::1]'].join(','),
  };
}

const withScheme = (proxy: string): string => (proxy.includes('://') ? proxy : `http://${proxy}`);

function leftOut(entry: string): readonly string[] {
  if (entry === '' || entry === '*' || entry.startsWith('.')) return entry === '' ? [] : [entry];
  if (entry.includes('/')) return rangeOf(entry);
  return /^[\d.:[\]]+$/.test(entry) ? [entry] : [entry, `.${entry}`];
}

/** Of IPv4, which is all that node takes. */
function rangeOf(block: string): readonly string[] {
  try {
    const cidr = Cidr.parse(block);
    return cidr.family === 4 ? [`${formatIp(cidr.network.at(0n))}-${formatIp(cidr.network.at(cidr.size - 1n))}`] : [];
  } catch {
    return [];
  }
}

/** For showing: whoever may see which proxy there is may not see with what password it is asked. */
export function withoutCredentials(proxy: string): string {
  // To the last sign of them: a password may have one, or a slash, that should have been escaped.
  return proxy.replace(/^(\w+:\/\/)?.*@/, '$1xxxxx:xxxxx@');
}
