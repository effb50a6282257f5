import type { EndpointLease, EndpointRecord, FormerLease } from '../store/records.ts';
import type { Records } from './records.ts';
import type { RecordTable } from './store.ts';

/** How many of a network are remembered, beside those that can start again. Who is made anew comes back within so many others. */
const remembered = 64;

type OfNetwork = {
  /** By container id; the one released first comes first. */
  readonly byContainer: Map<string, FormerLease>;
  readonly byName: Map<string, FormerLease>;
  /** With prefix, as in the lease. */
  readonly byAddress: Map<string, FormerLease>;
  next: number;
};

/** What endpoints had that are down: durable, so that a container finds its addresses again after any restart. */
export class FormerLeases {
  readonly #table: RecordTable<FormerLease>;
  readonly #records: Records;
  readonly #networks = new Map<string, OfNetwork>();

  constructor(table: RecordTable<FormerLease>, records: Records) {
    this.#table = table;
    this.#records = records;
    for (const former of [...table.all()].sort((a, b) => a.released - b.released)) {
      if (records.network(former.networkId) === undefined) table.delete(former.id);
      else this.#index(former);
    }
  }

  /** Of this container; else of one of this name that is not on the network any more. */
  find(networkId: string, containerId: string, containerName: string): FormerLease | undefined {
    const network = this.#networks.get(networkId);
    const own = network?.byContainer.get(containerId);
    if (network === undefined || own !== undefined) return own;
    const namesake = network.byName.get(containerName);
    return namesake === undefined || this.#isAttached(namesake) ? undefined : namesake;
  }

  /** The one released first comes first. */
  of(networkId: string): Iterable<FormerLease> {
    return this.#networks.get(networkId)?.byContainer.values() ?? [];
  }

  /** Whether somebody had this address (with prefix) last. */
  has(networkId: string, address: string): boolean {
    return this.#networks.get(networkId)?.byAddress.has(address) === true;
  }

  /**
   * Keeps what `endpoint` had. Answers what is forgotten for it: what it had before, who had one of these addresses
   * before, and the oldest that is gone when there are too many.
   */
  remember(endpoint: EndpointRecord, lease: EndpointLease, containerName: string): readonly FormerLease[] {
    const { networkId, containerId, request } = endpoint;
    const network = this.#networks.get(networkId);
    const former: FormerLease = {
      id: `${networkId}/${containerId}`,
      networkId,
      containerId,
      containerName,
      ...(lease.ipv4 === undefined ? {} : { ipv4: lease.ipv4 }),
      ...(lease.ipv6 === undefined ? {} : { ipv6: lease.ipv6 }),
      ...(request.mac === undefined ? { mac: lease.mac } : {}),
      released: network?.next ?? 0,
    };
    const replaced = [
      network?.byContainer.get(containerId),
      ...addressesOf(former).map((address) => network?.byAddress.get(address)),
    ];
    const forgotten = new Set(replaced.filter((one) => one !== undefined));
    for (const other of forgotten) this.#drop(other);
    const oldest = network === undefined ? undefined : this.#superfluous(network);
    if (oldest !== undefined) {
      forgotten.add(oldest);
      this.#drop(oldest);
    }
    this.#table.put(former);
    this.#index(former);
    return [...forgotten];
  }

  /** Of a network that is gone. */
  forget(networkId: string): void {
    for (const { id } of this.of(networkId)) this.#table.delete(id);
    this.#networks.delete(networkId);
  }

  /** The oldest of a container that is gone, when there are too many. */
  #superfluous({ byContainer }: OfNetwork): FormerLease | undefined {
    if (byContainer.size < remembered) return undefined;
    for (const former of byContainer.values()) if (!this.#isAttached(former)) return former;
    return undefined;
  }

  #isAttached({ networkId, containerId }: FormerLease): boolean {
    return this.#records.endpointsOf(containerId).some((endpoint) => endpoint.networkId === networkId);
  }

  #index(former: FormerLease): void {
    const { networkId, containerId, containerName, released } = former;
    let network = this.#networks.get(networkId);
    if (network === undefined) {
      network = { byContainer: new Map(), byName: new Map(), byAddress: new Map(), next: 0 };
      this.#networks.set(networkId, network);
    }
    network.byContainer.set(containerId, former);
    network.byName.set(containerName, former);
    for (const address of addressesOf(former)) network.byAddress.set(address, former);
    network.next = released + 1;
  }

  #drop(former: FormerLease): void {
    const network = this.#networks.get(former.networkId);
    if (network === undefined) return;
    network.byContainer.delete(former.containerId);
    if (network.byName.get(former.containerName) === former) network.byName.delete(former.containerName);
    for (const address of addressesOf(former)) network.byAddress.delete(address);
    this.#table.delete(former.id);
  }
}

/** With prefix. */
export const addressesOf = ({ ipv4, ipv6 }: Partial<Pick<EndpointLease, 'ipv4' | 'ipv6'>>): readonly string[] =>
  [ipv4, ipv6].filter((address) => address !== undefined);
