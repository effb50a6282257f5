import { AppError, Cidr, formatIp, parseIp } from '../../base/index.ts';
import type { Pool } from '../../store/records.ts';
import { LowestFree } from './lowest-free.ts';

/** As the API's IPAM status shows it. */
export type PoolCount = { readonly inUse: bigint; readonly available: bigint };

/**
 * The addresses of one pool of one network. Nothing here is durable: built from the pool's record and the leases that
 * records hold. Taking and freeing cost O(log n), also in a /16 that is nearly full.
 */
export class AddressPool {
  readonly subnet: Cidr;
  readonly #range: Cidr;
  readonly #network: string;
  readonly #free: LowestFree;
  readonly #used = new Set<bigint>();

  /**
   * `network` names the owner in errors: "NAME (ID)". Gateway and auxiliary addresses of the pool count as used.
   */
  constructor(pool: Pool, network: string) {
    this.subnet = Cidr.parse(pool.subnet).network;
    this.#range = pool.ipRange === undefined ? this.subnet : Cidr.parse(pool.ipRange).network;
    this.#network = network;
    const [first, last] = this.#bounds();
    this.#free = new LowestFree(first, last);
    if (pool.gateway !== undefined) this.#used.add(parseIp(pool.gateway).value);
    for (const address of Object.values(pool.auxiliary ?? {})) this.#used.add(parseIp(address).value);
  }

  /** Takes the lowest free address, or `wanted` (without prefix). Answers with prefix: "172.17.0.2/16". */
  take(wanted?: string): string {
    const value = wanted === undefined ? this.#free.take((address) => this.#used.has(address)) : this.#static(wanted);
    if (value === undefined) {
      const what = `no available IPv${this.subnet.family} addresses on this network's address pools`;
      throw new AppError('internal', `${what}: ${this.#network}`);
    }
    this.#used.add(value);
    return new Cidr({ family: this.subnet.family, value }, this.subnet.prefix).toString();
  }

  /** Gives an address back, with or without prefix. Safe to repeat. */
  release(address: string): void {
    const { value } = parseIp(bare(address));
    if (this.#used.delete(value)) this.#free.give(value);
  }

  /** Marks an address that a lease holds, when building from records. Safe to repeat. */
  hold(address: string): void {
    const ip = parseIp(bare(address));
    if (this.subnet.contains(ip)) this.#used.add(ip.value);
  }

  has(address: string): boolean {
    return this.#used.has(parseIp(bare(address)).value);
  }

  /** Whether `address` (without prefix) lies in this pool's subnet. */
  contains(address: string): boolean {
    return this.subnet.contains(parseIp(address));
  }

  /** Addresses in use, the reserved ones included, and how many can still be handed out. */
  count(): PoolCount {
    const [first, last] = this.#bounds();
    let taken = 0n;
    for (const value of this.#used) if (value >= first && value <= last) taken++;
    return { inUse: BigInt(this.#used.size) + this.#reserved(), available: last - first + 1n - taken };
  }

  #static(wanted: string): bigint {
    const ip = parseIp(wanted);
    if (!this.subnet.contains(ip)) {
      throw new AppError('invalid', `no configured subnet contains IP address ${formatIp(ip)}`);
    }
    const reserved = this.#reserved() > 0n && (ip.value === this.subnet.first || this.#isBroadcast(ip.value));
    if (reserved || this.#used.has(ip.value)) throw new AppError('forbidden', 'Address already in use');
    return ip.value;
  }

  #isBroadcast(value: bigint): boolean {
    return this.subnet.family === 4 && value === this.subnet.last;
  }

  /** Network and broadcast address, none in a /31 (RFC 3021) or /32; of IPv6 the subnet-router anycast (RFC 4291, 2.6.1). */
  #reserved(): bigint {
    if (this.subnet.size <= 2n) return 0n;
    return this.subnet.family === 4 ? 2n : 1n;
  }

  /** First and last address that may be handed out unasked. */
  #bounds(): readonly [bigint, bigint] {
    const { first, last } = this.#range;
    const reserved = this.#reserved();
    return [
      first === this.subnet.first && reserved > 0n ? first + 1n : first,
      last === this.subnet.last && reserved > 1n ? last - 1n : last,
    ];
  }
}

const bare = (address: string): string => address.split('/')[0]!;
