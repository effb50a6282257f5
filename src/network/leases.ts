import { AppError, Cidr, formatIp, formatMac, parseIp, parseMac, randomMac, shortId } from '../base/index.ts';
import type { EndpointLease, EndpointRecord, FormerLease, NetworkRecord } from '../store/records.ts';
import { addressesOf, type FormerLeases } from './former-leases.ts';
import { AddressPool, hasAddresses, type PoolCount } from './ipam/index.ts';
import { newLease } from './new-lease.ts';
import type { Records } from './records.ts';

/**
 * Hands out what an endpoint has while its sandbox is up: what it had before, if nobody else has it. The pools are in
 * memory only, rebuilt from the records that hold leases; what endpoints had that are down is a record.
 */
export class Leases {
  readonly #records: Records;
  readonly #former: FormerLeases;
  readonly #pools = new Map<string, readonly AddressPool[]>();
  /** By network: pools of others on the same addresses. Found anew when a network comes or goes. */
  readonly #siblings = new Map<string, readonly AddressPool[]>();

  constructor(records: Records, former: FormerLeases) {
    this.#records = records;
    this.#former = former;
    records.claims.onChange((networkId, address, claimed) => {
      const pool = this.#pools.get(networkId)?.find((one) => one.contains(address));
      if (claimed) pool?.claim(address);
      else pool?.unclaim(address);
    });
  }

  /**
   * `containerName` finds what a container of this name had. Throws Docker's errors: address in use, none left. Then
   * nothing is taken.
   */
  take(network: NetworkRecord, endpoint: EndpointRecord, inside: string, containerName: string): EndpointLease {
    const { ipv4, ipv6, mac } = endpoint.request;
    const former = this.#former.find(network.id, endpoint.containerId, containerName);
    const v4 = network.ipv4 ? this.#takeAddress(network, 4, ipv4, former) : undefined;
    try {
      const v6 = network.ipv6 ? this.#takeAddress(network, 6, ipv6, former) : undefined;
      return newLease(inside, mac === undefined ? (former?.mac ?? randomMac()) : formatMac(parseMac(mac)), v4, v6);
    } catch (error) {
      if (v4 !== undefined) this.#release(network, v4);
      throw error;
    }
  }

  /** Gives back what nobody came to use, or what was remembered. Safe to repeat. */
  giveBack(networkId: string, lease: EndpointLease): void {
    const network = this.#records.network(networkId);
    if (network === undefined) return;
    for (const address of addressesOf(lease)) this.#release(network, address);
  }

  /**
   * The record of an endpoint that goes down, and what it had for when it comes back. Writes, within a transaction;
   * `giveBack` follows when the kernel has let go of the address.
   */
  end({ lease, ...rest }: EndpointRecord, containerName: string): void {
    if (lease === undefined) return;
    this.#records.putEndpoint(rest);
    const { networkId } = rest;
    if (this.#records.network(networkId) === undefined) return;
    const forgotten = this.#former.remember(rest, lease, containerName).flatMap(addressesOf);
    for (const address of forgotten) {
      if (this.#former.has(networkId, address)) continue;
      for (const pool of this.#pools.get(networkId) ?? []) if (pool.contains(bare(address))) pool.forget(address);
    }
  }

  /** Forgets a network that is gone. */
  forget(networkId: string): void {
    this.#pools.delete(networkId);
    this.#former.forget(networkId);
    this.#siblings.clear();
  }

  /** A network has come: it may be on the same addresses as others. */
  regard(): void {
    this.#siblings.clear();
  }

  /** Addresses in use and left, by pool in the order of the record. */
  counts(network: NetworkRecord): readonly PoolCount[] {
    return this.#poolsOf(network).map((pool) => pool.count());
  }

  /** Pools of other networks on the same addresses, also of a network that is not there yet. */
  neighboursOf(network: NetworkRecord): readonly AddressPool[] {
    const blocks = network.ipam.pools.filter(hasAddresses).map(({ subnet }) => Cidr.parse(subnet));
    return this.#records
      .sharing(network)
      .flatMap((other) => this.#poolsOf(other))
      .filter(({ subnet }) => blocks.some((block) => block.overlaps(subnet)));
  }

  #takeAddress(
    network: NetworkRecord,
    family: 4 | 6,
    wanted: string | undefined,
    former: FormerLease | undefined,
  ): string | undefined {
    const pools = this.#poolsOf(network).filter(({ subnet }) => subnet.family === family);
    if (pools.length === 0) return undefined;
    if (wanted !== undefined) return this.#takeStatic(network, pools, wanted);
    const offered = (former === undefined ? [] : addressesOf(former)).map(bare);
    const before = pools.filter((pool) => offered.some((address) => pool.contains(address)));
    for (const pool of [...before, ...pools]) {
      const address = pool.takeFree(offered);
      if (address !== undefined) return address;
    }
    throw pools[0]!.exhausted();
  }

  #takeStatic(network: NetworkRecord, pools: readonly AddressPool[], wanted: string): string | undefined {
    const pool = pools.find((one) => one.contains(wanted));
    try {
      return pool?.take(wanted);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'forbidden') throw error;
      throw new AppError(error.kind, `${error.message}: ${wanted} is ${this.#holder(network, pool!, wanted)}`);
    }
  }

  #holder(network: NetworkRecord, pool: AddressPool, address: string): string {
    const own = pool.purpose(address);
    if (own !== undefined) return `${own} of network ${network.name}`;
    const ids = [network.id, ...this.#records.networksOn(pool.subnet).map(({ id }) => id)];
    for (const endpoint of ids.flatMap((id) => this.#records.endpointsIn(id))) {
      if (!addressesOf(endpoint.lease ?? {}).some((one) => sameIp(bare(one), address))) continue;
      const name = this.#records.sandboxOf(endpoint.containerId)?.containerName ?? shortId(endpoint.containerId);
      return `container ${name}'s`;
    }
    return `on another network of ${pool.subnet}`;
  }

  #release(network: NetworkRecord, address: string): void {
    this.#poolsOf(network)
      .find((pool) => pool.contains(bare(address)))
      ?.release(address, this.#former.has(network.id, address));
  }

  #poolsOf(network: NetworkRecord): readonly AddressPool[] {
    let pools = this.#pools.get(network.id);
    if (pools === undefined) {
      pools = this.#build(network);
      this.#pools.set(network.id, pools);
    }
    return pools;
  }

  #build(network: NetworkRecord): readonly AddressPool[] {
    const owner = `${network.name} (${network.id})`;
    const pools = network.ipam.pools
      .filter(hasAddresses)
      .map((pool): AddressPool => new AddressPool(pool, owner, () => this.#siblingsOf(network)));
    const each = (address: string, mark: (pool: AddressPool) => void): void => {
      for (const pool of pools) if (pool.contains(bare(address))) mark(pool);
    };
    for (const { lease } of this.#records.endpointsIn(network.id)) {
      for (const address of addressesOf(lease ?? {})) each(address, (pool) => pool.hold(address));
    }
    for (const former of this.#former.of(network.id)) {
      for (const address of addressesOf(former)) each(address, (pool) => pool.remember(address));
    }
    for (const address of this.#records.claims.of(network.id)) each(address, (pool) => pool.claim(address));
    return pools;
  }

  #siblingsOf(network: NetworkRecord): readonly AddressPool[] {
    let siblings = this.#siblings.get(network.id);
    if (siblings === undefined) {
      siblings = this.neighboursOf(network);
      this.#siblings.set(network.id, siblings);
    }
    return siblings;
  }
}

const bare = (address: string): string => address.split('/')[0]!;

const sameIp = (a: string, b: string): boolean => formatIp(parseIp(a)) === formatIp(parseIp(b));
