import { lookup } from 'node:dns/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { Cidr, isIp, parseIp } from '../../base/index.ts';
import type { RegistryOptions } from './options.ts';

const hub = 'docker.io';
/** Where Docker Hub's images are: its name is another than that in references. */
const hubBase = 'https://registry-1.docker.io';
/** As Docker has it: what is on this machine needs no proof of identity. */
const localNets = ['127.0.0.0/8', '::1/128'];

/** An address to try. `verify` is false where anybody may answer. */
export type Host = { readonly base: URL; readonly verify: boolean; readonly mirror: boolean };

/** Base addresses of a domain in the order they are to be tried. */
export async function hostsOf(domain: string, options: RegistryOptions): Promise<Host[]> {
  if (domain === hub) {
    const mirrors = options.mirrors.map((mirror) => ({ base: new URL(mirror), verify: true, mirror: true }));
    return [...mirrors, { base: new URL(hubBase), verify: true, mirror: false }];
  }
  const secure = new URL(`https://${domain}`);
  if (!(await isInsecure(secure, domain, options.insecure))) return [{ base: secure, verify: true, mirror: false }];
  const plain = { base: new URL(`http://${domain}`), verify: false, mirror: false };
  return [{ base: secure, verify: false, mirror: false }, plain];
}

async function isInsecure({ hostname }: URL, domain: string, insecure: readonly string[]): Promise<boolean> {
  if (insecure.includes(domain)) return true;
  const nets = [...localNets, ...insecure.filter((entry) => entry.includes('/'))].map((text) => Cidr.parse(text));
  const addresses = await addressesOf(hostname.replace(/^\[|\]$/g, ''));
  return addresses.some((address) => nets.some((net) => net.contains(parseIp(address))));
}

async function addressesOf(name: string): Promise<readonly string[]> {
  if (isIp(name)) return [name];
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return []; // the request itself will say so
  }
}

/** Certificates for a host, from <folder>/<host[:port]>/: `*.crt` to trust, `X.cert` with `X.key` to show. */
export function certificatesFor({ host }: URL, folder: string): SecureContextOptions {
  const own = join(folder, host);
  const read = (name: string): string => readFileSync(join(own, name), 'utf8');
  const names = listed(own);
  const ca = names.filter((name) => name.endsWith('.crt')).map(read);
  const pairs = names.filter((name) => name.endsWith('.cert'));
  return {
    ...(ca.length === 0 ? {} : { ca }),
    ...(pairs.length === 0
      ? {}
      : { cert: pairs.map(read), key: pairs.map((name) => read(name.replace(/\.cert$/, '.key'))) }),
  };
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
