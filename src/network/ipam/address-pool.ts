import { AppError, Cidr, formatIp, parseIp } from '../../base/index.ts';
import type { Pool } from '../../store/records.ts';
import { LowestFree } from './lowest-free.ts';
import { reservedFor, reservedIn } from './reserved.ts';

/** As the API's IPAM status shows it. */
export type PoolCount = { readonly inUse: bigint; readonly available: bigint };

/**
 * The addresses of one pool of one network. Nothing here is durable: built from the pool's record and the leases that
 * records hold. Taking and freeing cost O(log n), also in a /16 that is nearly full.
 *
 * Unasked, an address that nobody had is handed out, the lowest first; when there is none, the one that has been free
 * for longest. One that a container which is down will ask for is handed out to nobody else.
 */
export class AddressPool {
  readonly subnet: Cidr;
  /** The owner: "NAME (ID)". */
  readonly network: string;
  readonly #range: Cidr;
  readonly #free: LowestFree;
  readonly #used = new Set<bigint>();
  /** Free, and somebody's before; the one freed first comes first. */
  readonly #former = new Set<bigint>();
  readonly #claimed = new Set<bigint>();
  readonly #own: ReadonlyMap<bigint, string>;
  /** Pools of other networks on the same addresses, as macvlan networks can be. */
  readonly #siblings: () => readonly AddressPool[];

  /**
   * `network` names the owner in errors: "NAME (ID)". Gateway and auxiliary addresses of the pool count as used.
   */
  constructor(pool: Pool, network: string, siblings: () => readonly AddressPool[] = () => []) {
    this.subnet = Cidr.parse(pool.subnet).network;
    this.#range = pool.ipRange === undefined ? this.subnet : Cidr.parse(pool.ipRange).network;
    this.network = network;
    this.#siblings = siblings;
    const [first, last] = this.#bounds();
    this.#free = new LowestFree(first, last);
    this.#own = new Map([
      ...Object.entries(pool.auxiliary ?? {}).map(
        ([name, address]) => [parseIp(address).value, `the auxiliary address ${name}`] as const,
      ),
      ...(pool.gateway === undefined ? [] : [[parseIp(pool.gateway).value, 'the gateway'] as const]),
    ]);
    for (const value of this.#own.keys()) this.#used.add(value);
  }

  /**
   * Takes `wanted` (without prefix), or else what is free. Answers with prefix: "172.17.0.2/16". Throws Docker's errors.
   */
  take(wanted?: string): string {
    if (wanted !== undefined) return this.#taken(this.#static(wanted));
    const address = this.takeFree();
    if (address === undefined) throw this.exhausted();
    return address;
  }

  /** Takes the first of `offered` that is free (with or without prefix, of any subnet), or what nobody had for longest. */
  takeFree(offered: readonly string[] = []): string | undefined {
    const value = this.#offered(offered) ?? this.#unasked();
    return value === undefined ? undefined : this.#taken(value);
  }

  exhausted(): AppError {
    const what = `no available IPv${this.subnet.family} addresses on this network's address pools: ${this.network}`;
    const kept = [...this.#claimed].filter((value) => !this.#used.has(value)).length;
    return new AppError('internal', kept === 0 ? what : `${what}: ${kept} kept for containers that are down`);
  }

  /** Gives an address back, with or without prefix. `former`: it shall be the last to be handed out. Safe to repeat. */
  release(address: string, former = false): void {
    const { value } = parseIp(bare(address));
    if (!this.#used.delete(value)) return;
    if (former) this.#former.add(value);
    this.#giveBack(value);
  }

  /** Marks an address that a lease holds, when building from records. Safe to repeat. */
  hold(address: string): void {
    const ip = parseIp(bare(address));
    if (this.subnet.contains(ip)) this.#used.add(ip.value);
  }

  /** Marks an address as somebody's before, when building from records: the one freed first comes first. */
  remember(address: string): void {
    const ip = parseIp(bare(address));
    if (this.subnet.contains(ip) && !this.#used.has(ip.value)) this.#former.add(ip.value);
  }

  /** Makes an address nobody's again. */
  forget(address: string): void {
    const { value } = parseIp(bare(address));
    if (this.#former.delete(value)) this.#giveBack(value);
  }

  /** Keeps an address for who will ask for it. */
  claim(address: string): void {
    const ip = parseIp(address);
    if (this.subnet.contains(ip)) this.#claimed.add(ip.value);
  }

  unclaim(address: string): void {
    const { value } = parseIp(address);
    if (this.#claimed.delete(value)) this.#giveBack(value);
  }

  has(address: string): boolean {
    return this.#used.has(parseIp(bare(address)).value);
  }

  /** What an address is by the pool itself: "the gateway"; undefined for those of containers. */
  purpose(address: string): string | undefined {
    const { value } = parseIp(bare(address));
    return this.#own.get(value) ?? reservedFor(this.subnet, value);
  }

  /** Whether `address` (without prefix) lies in this pool's subnet. */
  contains(address: string): boolean {
    return this.subnet.contains(parseIp(address));
  }

  /** Addresses in use, the reserved ones included, and how many can still be handed out unasked. */
  count(): PoolCount {
    const [first, last] = this.#bounds();
    let taken = 0n;
    for (const value of this.#used) if (value >= first && value <= last) taken++;
    for (const value of this.#claimed) if (value >= first && value <= last && !this.#used.has(value)) taken++;
    return { inUse: BigInt(this.#used.size) + reservedIn(this.subnet), available: last - first + 1n - taken };
  }

  /** Of those that somebody had, as long as nobody else needs them. */
  #offered(addresses: readonly string[]): bigint | undefined {
    const [first, last] = this.#bounds();
    for (const address of addresses) {
      const { family, value } = parseIp(bare(address));
      if (family === this.subnet.family && value >= first && value <= last && !this.#isTaken(value)) return value;
    }
    return undefined;
  }

  #unasked(): bigint | undefined {
    const value = this.#free.take((one) => this.#isTaken(one) || this.#former.has(one));
    if (value !== undefined) return value;
    const [first, last] = this.#bounds();
    for (const one of this.#former) if (one >= first && one <= last && !this.#isTaken(one)) return one;
    return undefined;
  }

  #isTaken(value: bigint): boolean {
    return this.#keeps(value) || this.#siblings().some((pool) => pool.#keeps(value));
  }

  #keeps(value: bigint): boolean {
    return this.#used.has(value) || this.#claimed.has(value);
  }

  #taken(value: bigint): string {
    this.#used.add(value);
    this.#former.delete(value);
    return new Cidr({ family: this.subnet.family, value }, this.subnet.prefix).toString();
  }

  /** Among those that are handed out, unless something still keeps it: that gives it back then. */
  #giveBack(value: bigint): void {
    for (const pool of [this, ...this.#siblings()]) {
      if (!pool.#keeps(value) && !pool.#former.has(value)) pool.#free.give(value);
    }
  }

  #static(wanted: string): bigint {
    const ip = parseIp(wanted);
    if (!this.subnet.contains(ip)) {
      throw new AppError('invalid', `no configured subnet contains IP address ${formatIp(ip)}`);
    }
    const used = [this, ...this.#siblings()].some((pool) => pool.#used.has(ip.value));
    if (used || reservedFor(this.subnet, ip.value) !== undefined)
      throw new AppError('forbidden', 'Address already in use');
    return ip.value;
  }

  /** First and last address that may be handed out unasked. */
  #bounds(): readonly [bigint, bigint] {
    const { first, last } = this.#range;
    const reserved = reservedIn(this.subnet);
    return [
      first === this.subnet.first && reserved > 0n ? first + 1n : first,
      last === this.subnet.last && reserved > 1n ? last - 1n : last,
    ];
  }
}

/** A pool of all addresses that there are (0.0.0.0/0, ::/0) has none to give: its endpoints have none, or their own. */
export const hasAddresses = ({ subnet }: Pick<Pool, 'subnet'>): boolean => !subnet.endsWith('/0');

const bare = (address: string): string => address.split('/')[0]!;
