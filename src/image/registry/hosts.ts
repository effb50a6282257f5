import { lookup } from 'node:dns/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, type SecureContextOptions } from 'node:tls';
import { AppError, Cidr, isIp, parseIp } from '../../base/index.ts';
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
    const mirrors = options.mirrors.map(async (mirror) => {
      const base = new URL(mirror);
      return { base, verify: !(await isInsecure(base, base.host, options.insecure)), mirror: true };
    });
    return [...(await Promise.all(mirrors)), { base: new URL(hubBase), verify: true, mirror: false }];
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

/** An address below a host's base, whose own path a mirror may have: `path` as "v2/". */
export function below(base: URL, path: string): URL {
  return new URL(`${base.href.replace(/\/+$/, '')}/${path}`);
}

/**
 * Certificates for a host, from <folder>/<host[:port]>/: `*.crt` to trust besides the authorities that all trust,
 * `X.cert` with `X.key` to show. Throws invalid, in Docker's words, for one without the other.
 */
export function certificatesFor({ host }: URL, folder: string): SecureContextOptions {
  const own = join(folder, host);
  const read = (name: string): string => readFileSync(join(own, name), 'utf8');
  const names = listed(own);
  const ca = names.filter((name) => name.endsWith('.crt')).map(read);
  const pairs = names.filter((name) => name.endsWith('.cert'));
  checkPairs(names);
  return {
    ...(ca.length === 0 ? {} : { ca: [...getCACertificates('default'), ...ca] }),
    ...(pairs.length === 0
      ? {}
      : { cert: pairs.map(read), key: pairs.map((name) => read(name.replace(/\.cert$/, '.key'))) }),
  };
}

function checkPairs(names: readonly string[]): void {
  for (const name of names) {
    const [stem, ending] = [name.replace(/\.[^.]*$/, ''), name.replace(/^.*\./, '')];
    if (ending === 'cert' && !names.includes(`${stem}.key`)) {
      const text = `missing key ${stem}.key for client certificate ${name}`;
      throw new AppError('invalid', `${text}. CA certificates must use the extension .crt`);
    }
    if (ending === 'key' && !names.includes(`${stem}.cert`))
      throw new AppError('invalid', `missing client certificate ${stem}.cert for key ${name}`);
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
