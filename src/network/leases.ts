import { randomBytes } from 'node:crypto';
import { AppError, formatMac, parseMac, randomMac } from '../base/index.ts';
import type { EndpointLease, EndpointRecord, NetworkRecord } from '../store/records.ts';
import type { InterfaceName } from './driver.ts';
import { AddressPool } from './ipam/index.ts';
import type { Records } from './records.ts';

/** Hands out what an endpoint has while its sandbox is up. In memory only: rebuilt from the records that hold leases. */
export class Leases {
  readonly #records: Records;
  readonly #pools = new Map<string, readonly AddressPool[]>();

  constructor(records: Records) {
    this.#records = records;
  }

  /** Throws Docker's errors: address in use, none left. Then nothing is taken. */
  take(network: NetworkRecord, endpoint: EndpointRecord, inside: string): EndpointLease {
    const { ipv4, ipv6, mac } = endpoint.request;
    const v4 = network.ipv4 ? this.#takeAddress(network, 4, ipv4) : undefined;
    try {
      const v6 = network.ipv6 ? this.#takeAddress(network, 6, ipv6) : undefined;
      return {
        hostInterface: `veth${randomBytes(4).toString('hex')}`,
        interface: inside,
        mac: mac === undefined ? randomMac() : formatMac(parseMac(mac)),
        ...(v4 === undefined ? {} : { ipv4: v4 }),
        ...(v6 === undefined ? {} : { ipv6: v6 }),
      };
    } catch (error) {
      if (v4 !== undefined) this.#release(network, v4);
      throw error;
    }
  }

  /** Safe to repeat. */
  giveBack(networkId: string, { ipv4, ipv6 }: EndpointLease): void {
    const network = this.#records.network(networkId);
    if (network === undefined) return;
    for (const address of [ipv4, ipv6]) if (address !== undefined) this.#release(network, address);
  }

  /** Forgets the pools of a network that is gone or has changed. */
  forget(networkId: string): void {
    this.#pools.delete(networkId);
  }

  #takeAddress(network: NetworkRecord, family: 4 | 6, wanted: string | undefined): string | undefined {
    const pools = this.#poolsOf(network).filter(({ subnet }) => subnet.family === family);
    const pool = wanted === undefined ? pools[0] : pools.find((one) => one.contains(wanted));
    return pool?.take(wanted);
  }

  #release(network: NetworkRecord, address: string): void {
    const bare = address.split('/')[0]!;
    this.#poolsOf(network)
      .find((pool) => pool.contains(bare))
      ?.release(address);
  }

  #poolsOf(network: NetworkRecord): readonly AddressPool[] {
    let pools = this.#pools.get(network.id);
    if (pools === undefined) {
      pools = network.ipam.pools.map((pool) => new AddressPool(pool, `${network.name} (${network.id})`));
      for (const { lease } of this.#records.endpointsIn(network.id)) {
        for (const address of [lease?.ipv4, lease?.ipv6]) {
          if (address !== undefined) for (const pool of pools) pool.hold(address);
        }
      }
      this.#pools.set(network.id, pools);
    }
    return pools;
  }
}

/** The name that was asked for, or the lowest "ethN" that is free. Throws Docker's error for a name that is taken. */
export function freeInterface(taken: Iterable<string>, { prefix, wanted }: InterfaceName): string {
  const names = new Set(taken);
  if (wanted !== undefined) {
    if (!names.has(wanted)) return wanted;
    throw new AppError('internal', `error renaming interface to ${wanted}: file exists`);
  }
  for (let n = 0; ; n++) if (!names.has(`${prefix}${n}`)) return `${prefix}${n}`;
}
