import { AppError, Cidr, isIp, type Level, messageOf } from '../../base/index.ts';

/** Why a value is refused, without the flag's name, which who declares the flag adds. */
class Refusal extends Error {}

/** One value as it stands on the command line. Throws for one that cannot be read. */
export type Parse<T> = (text: string) => T;

/** dockerd's sentence about a value that cannot be read. `label` as in its help: "-b, --bridge". */
export function read<T>(label: string, parse: Parse<T>, text: string): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new AppError('invalid', `invalid argument "${text}" for "${label}" flag: ${error.message}`, { cause: error });
  }
}

/** As Go reads truth values. */
export const bool: Parse<boolean> = (text) => {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new Refusal(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
};

const int: Parse<number> = (text) => {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new Refusal(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
};

/** Bytes; 0 is the kernel's own. 68 is the least that IPv4 allows (RFC 791), 65535 the most that a bridge takes. */
export const mtu: Parse<number> = (text) => {
  const bytes = int(text);
  if (bytes < 0) throw new AppError('invalid', `invalid default MTU: ${bytes}`);
  if (bytes === 0 || (bytes >= 68 && bytes <= 65535)) return bytes;
  throw new Refusal('want 68 to 65535 bytes');
};

export const controlPlaneMtu: Parse<number> = (text) => {
  const bytes = int(text);
  if (bytes >= 500) return bytes;
  throw new Refusal('want at least 500 bytes');
};

export const ip: Parse<string> = (text) => {
  if (isIp(text)) return text;
  throw new Refusal(`${text} is not an ip address`);
};

export const listedIp: Parse<string> = (text) => {
  const address = text.trim();
  if (isIp(address)) return address;
  throw new Refusal(`IP address is not correctly formatted: ${text}`);
};

/** A domain; "." is none at all. */
export const searchDomain: Parse<string> = (text) => {
  const domain = text.trim();
  if (domain === '.') return domain;
  const labels = domain.replace(/\.$/, '').split('.');
  const fits = labels.every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
  if (fits && domain.length < 255 && /[A-Za-z]/.test(domain)) return domain;
  throw new Refusal(`${text} is not a valid domain`);
};

export const label: Parse<string> = (text) => {
  if (/^[^=\s]+=/.test(text)) return text;
  throw new Refusal(`bad attribute format: ${text}`);
};

export type AddressPool = { readonly base: Cidr; readonly size: number };

/** "base=10.10.0.0/16,size=24" */
export const addressPool: Parse<AddressPool> = (text) => {
  if (text === '') throw new Refusal('EOF');
  const parts = new Map(text.split(',').map(poolField));
  const base = poolBase(parts.get('base') ?? '');
  const size = parts.get('size') ?? '0';
  if (!/^[+-]?\d+$/.test(size)) {
    const why = `strconv.Atoi: parsing ${JSON.stringify(size)}: invalid syntax`;
    throw new Refusal(`invalid size value: ${JSON.stringify(size)} (must be integer): ${why}`);
  }
  const longest = base.family === 4 ? 32 : 128;
  if (Number(size) >= base.prefix && Number(size) <= longest) return { base, size: Number(size) };
  throw new Refusal(`invalid pools size: ${size}: want ${base.prefix} to ${longest} bits in ${base}`);
};

function poolField(field: string): readonly [key: string, value: string] {
  const at = field.indexOf('=');
  if (at < 0) throw new Refusal(`invalid field '${field}' must be a key=value pair`);
  const key = field.slice(0, at).trim().toLowerCase();
  if (key !== 'base' && key !== 'size') throw new Refusal(`unexpected key '${key}' in '${field}'`);
  return [key, field.slice(at + 1).trim()];
}

function poolBase(text: string): Cidr {
  try {
    return Cidr.parse(text).network;
  } catch (error) {
    throw new Refusal(`invalid base pool ${JSON.stringify(text)}: ${messageOf(error)}`);
  }
}

export type NetworkOption = { readonly driver: string; readonly key: string; readonly value: string };

/** "bridge=com.docker.network.driver.mtu=1400" */
export const networkOption: Parse<NetworkOption> = (text) => {
  const match = /^([^=]+)=([^=]+)=(.*)$/s.exec(text);
  if (match === null) throw new Refusal(`invalid value "${text}" for map option, should be root-key=key=value`);
  const [, driver = '', key = '', value = ''] = match;
  return { driver, key, value };
};

export type LogOption = readonly [name: string, value: string];

/** "max-size=10m" */
export const logOption: Parse<LogOption> = (text) => {
  const match = /^([^=]+)=(.*)$/s.exec(text);
  if (match === null) throw new Refusal(`${text} is not a log option: want NAME=VALUE`);
  return [match[1]!, match[2]!];
};

/** A mark of packets, and which of its bits count: "0x1/0xff". */
export type Mark = { readonly mark: number; readonly mask: number };

export const fwmark: Parse<Mark> = (text) => {
  const [mark = '', mask = '0xffffffff', ...more] = text.split('/');
  const number = (part: string): number =>
    /^(0[xX][0-9a-fA-F]{1,8}|\d{1,10})$/.test(part) ? Number(part) : Number.NaN;
  const parsed = { mark: number(mark), mask: number(mask) };
  const fits = Object.values(parsed).every((value) => value >= 0 && value <= 0xffffffff);
  if (fits && more.length === 0) return parsed;
  throw new Refusal('want a mark, or mark/mask, of 32 bits each');
};

/** "host", "host:port" or a block of addresses. */
export const insecureRegistry: Parse<string> = (text) => {
  if (/^https?:\/\//.test(text)) throw new Refusal(`insecure registry ${text} should not contain '://'`);
  if (text.includes('/')) Cidr.parse(text);
  else if (!/^[\w.-]+(:\d+)?$|^\[[0-9a-fA-F:]+\](:\d+)?$/.test(text)) {
    throw new Refusal(`insecure registry ${text} is not valid: invalid host "${text}"`);
  }
  return text;
};

/** The address of a registry that has what Docker Hub has. */
export const mirror: Parse<string> = (text) => {
  const url = URL.parse(text);
  if (url === null) throw new Refusal(`invalid mirror: "${text}" is not a valid URI`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Refusal(`invalid mirror: unsupported scheme "${url.protocol.slice(0, -1)}" in "${text}"`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new Refusal(`invalid mirror: path, query, or fragment at end of the URI "${text}"`);
  }
  return text;
};

/** The rules are nftables'. */
export const firewallBackend: Parse<'nftables'> = (text) => {
  if (text === 'nftables' || text === '') return 'nftables';
  if (text === 'iptables') {
    throw new Refusal(
      'the rules of this engine are an nftables table of its own; rules made with iptables go on beside it',
    );
  }
  throw new Refusal(`invalid firewall-backend "${text}"`);
};

export const logLevel: Parse<Level> = (text) => {
  const level = text.toLowerCase();
  const near: Readonly<Record<string, Level>> = { trace: 'debug', fatal: 'error', panic: 'error' };
  if (['debug', 'info', 'warn', 'error'].includes(level)) return level as Level;
  if (near[level] !== undefined) return near[level];
  throw new AppError('invalid', `invalid logging level: ${text}`);
};

export const text: Parse<string> = (value) => value;
