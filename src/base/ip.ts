import ipaddr from 'ipaddr.js';
import { AppError } from './errors.ts';

/** An address as a number with its family: what arithmetic and comparison need. */
export type Ip = { readonly family: 4 | 6; readonly value: bigint };

const bitsOf = { 4: 32, 6: 128 } as const;

export function isIp(text: string): boolean {
  return quad(text) !== undefined || (text.includes(':') && ipaddr.IPv6.isValid(text));
}

/** Throws `invalid` for anything but a dotted quad or an IPv6 literal without zone. */
export function parseIp(text: string): Ip {
  const value4 = quad(text);
  if (value4 !== undefined) return { family: 4, value: BigInt(value4) };
  if (!isIp(text) || text.includes('%')) throw new AppError('invalid', `invalid IP address: ${text}`);
  const bytes = ipaddr.parse(text).toByteArray();
  return { family: bytes.length === 4 ? 4 : 6, value: fromBytes(bytes) };
}

export function formatIp(ip: Ip): string {
  if (ip.family === 4) {
    const value = Number(ip.value);
    return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  }
  return ipaddr.fromByteArray(Array.from(toBytes(ip))).toString();
}

/** A dotted quad as a number; undefined for all else. Thousands are read when routes or networks are many. */
function quad(text: string): number | undefined {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit === -2 && octet >= 0 && dots < 3) {
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else if (digit >= 0 && digit <= 9 && octet !== 0 && octet * 10 + digit <= 255) {
      octet = octet < 0 ? digit : octet * 10 + digit;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : undefined;
}

/** Network byte order: 4 or 16 bytes. */
export function toBytes(ip: Ip): Uint8Array {
  const out = new Uint8Array(bitsOf[ip.family] / 8);
  let rest = ip.value;
  for (let i = out.length - 1; i >= 0; i--) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}

export function fromBytes(bytes: Iterable<number>): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** An address block. `ip` may have host bits (an interface address); `network` never has. */
export class Cidr {
  readonly ip: Ip;
  readonly prefix: number;
  /** Reckoned once, when first asked for. */
  #first: bigint | undefined;

  constructor(ip: Ip, prefix: number) {
    this.ip = ip;
    this.prefix = prefix;
  }

  /** "172.17.0.0/16" or "fd00::/64". Throws `invalid`. */
  static parse(text: string): Cidr {
    const [address = '', length = '', ...more] = text.split('/');
    const ok = isIp(address) && /^\d{1,3}$/.test(length) && more.length === 0;
    if (!ok) throw new AppError('invalid', `invalid CIDR address: ${text}`);
    const ip = parseIp(address);
    if (Number(length) > bitsOf[ip.family]) throw new AppError('invalid', `invalid CIDR address: ${text}`);
    return new Cidr(ip, Number(length));
  }

  get family(): 4 | 6 {
    return this.ip.family;
  }

  get #hostBits(): bigint {
    return BigInt(bitsOf[this.family] - this.prefix);
  }

  /** How many addresses, network and broadcast included. */
  get size(): bigint {
    return 1n << this.#hostBits;
  }

  get first(): bigint {
    this.#first ??= (this.ip.value >> this.#hostBits) << this.#hostBits;
    return this.#first;
  }

  get last(): bigint {
    return this.first + this.size - 1n;
  }

  /** The same block without host bits. */
  get network(): Cidr {
    return new Cidr({ family: this.family, value: this.first }, this.prefix);
  }

  contains(other: Ip | Cidr): boolean {
    if (other.family !== this.family) return false;
    if (other instanceof Cidr) return other.first >= this.first && other.last <= this.last;
    return other.value >= this.first && other.value <= this.last;
  }

  overlaps(other: Cidr): boolean {
    return other.family === this.family && other.first <= this.last && this.first <= other.last;
  }

  /** The address `offset` places above the network address. */
  at(offset: bigint): Ip {
    return { family: this.family, value: this.first + offset };
  }

  toString(): string {
    return `${formatIp(this.ip)}/${this.prefix}`;
  }
}
