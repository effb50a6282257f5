import { addTo, Cidr, takeFrom } from '../base/index.ts';
import type { EndpointRecord, NetworkRecord, SandboxRecord } from '../store/records.ts';
import { Claims } from './claims.ts';
import { BlockIndex, hasAddresses } from './ipam/index.ts';
import type { NetworkStore } from './store.ts';

/** The records of the network core, found by what they belong to. One container's endpoints cost what it has of them. */
export class Records {
  readonly #store: NetworkStore;
  readonly #byContainer = new Map<string, Set<string>>();
  readonly #byNetwork = new Map<string, Set<string>>();
  readonly #sandboxes = new Map<string, string>();
  readonly #subnets = new BlockIndex<NetworkRecord>();
  /** Addresses that endpoints ask for, up or down. */
  readonly claims = new Claims();

  constructor(store: NetworkStore) {
    this.#store = store;
    for (const endpoint of store.endpoints.all()) this.#index(endpoint);
    for (const network of store.networks.all()) this.#indexSubnets(network);
    for (const { id, containerId } of store.sandboxes.all()) this.#sandboxes.set(containerId, id);
  }

  networks(): readonly NetworkRecord[] {
    return this.#store.networks.all();
  }

  network(id: string): NetworkRecord | undefined {
    return this.#store.networks.get(id);
  }

  /** By subnet: the networks, one or (macvlan, ipvlan) several. */
  get subnets(): BlockIndex<NetworkRecord> {
    return this.#subnets;
  }

  /** Networks with a subnet that has addresses in common with this one. */
  networksOn(block: Cidr): readonly NetworkRecord[] {
    return this.#subnets.overlapping(block).map(([, network]) => network);
  }

  /** Other networks that have addresses in common with this one. */
  sharing({ id, ipam }: NetworkRecord): readonly NetworkRecord[] {
    const found = new Set(ipam.pools.filter(hasAddresses).flatMap(({ subnet }) => this.networksOn(Cidr.parse(subnet))));
    return [...found].filter((other) => other.id !== id);
  }

  putNetwork(record: NetworkRecord): void {
    const before = this.network(record.id);
    this.#store.networks.put(record);
    if (before !== undefined) this.#forgetSubnets(before);
    this.#indexSubnets(record);
  }

  deleteNetwork(id: string): void {
    const before = this.network(id);
    this.#store.networks.delete(id);
    if (before !== undefined) this.#forgetSubnets(before);
  }

  /** In order of attachment; also those whose network is gone. */
  endpointsOf(containerId: string): readonly EndpointRecord[] {
    return this.#endpoints(this.#byContainer.get(containerId)).sort((a, b) => a.order - b.order);
  }

  endpointsIn(networkId: string): readonly EndpointRecord[] {
    return this.#endpoints(this.#byNetwork.get(networkId));
  }

  endpoint(id: string): EndpointRecord | undefined {
    return this.#store.endpoints.get(id);
  }

  putEndpoint(record: EndpointRecord): void {
    const before = this.endpoint(record.id);
    this.#store.endpoints.put(record);
    this.#index(record);
    if (before !== undefined && changesAddress(before, record)) {
      this.claims.remove(before);
      this.claims.add(record);
    }
  }

  deleteEndpoint({ id, containerId, networkId }: EndpointRecord): void {
    const before = this.endpoint(id);
    this.#store.endpoints.delete(id);
    if (before !== undefined) this.claims.remove(before);
    takeFrom(this.#byContainer, containerId, id);
    takeFrom(this.#byNetwork, networkId, id);
  }

  sandboxes(): readonly SandboxRecord[] {
    return this.#store.sandboxes.all();
  }

  sandbox(id: string): SandboxRecord | undefined {
    return this.#store.sandboxes.get(id);
  }

  sandboxOf(containerId: string): SandboxRecord | undefined {
    const id = this.#sandboxes.get(containerId);
    return id === undefined ? undefined : this.#store.sandboxes.get(id);
  }

  putSandbox(record: SandboxRecord): void {
    this.#store.sandboxes.put(record);
    this.#sandboxes.set(record.containerId, record.id);
  }

  deleteSandbox({ id, containerId }: SandboxRecord): void {
    this.#store.sandboxes.delete(id);
    this.#sandboxes.delete(containerId);
  }

  /** All writes of `body` or none. */
  transaction(body: () => void): void {
    this.#store.transaction(body);
  }

  #endpoints(ids: ReadonlySet<string> | undefined): EndpointRecord[] {
    return [...(ids ?? [])].flatMap((id) => this.#store.endpoints.get(id) ?? []);
  }

  #index(endpoint: EndpointRecord): void {
    const { id, containerId, networkId } = endpoint;
    addTo(this.#byContainer, containerId, id);
    addTo(this.#byNetwork, networkId, id);
    this.claims.add(endpoint);
  }

  /** A configuration's blocks are nobody's: those who are made from it take them. */
  #indexSubnets(network: NetworkRecord): void {
    if (network.configOnly === true) return;
    for (const { subnet } of network.ipam.pools.filter(hasAddresses)) this.#subnets.add(Cidr.parse(subnet), network);
  }

  #forgetSubnets({ id, ipam }: NetworkRecord): void {
    for (const { subnet } of ipam.pools.filter(hasAddresses))
      this.#subnets.remove(Cidr.parse(subnet), (one) => one.id === id);
  }
}

const changesAddress = ({ request: a }: EndpointRecord, { request: b }: EndpointRecord): boolean =>
  a.ipv4 !== b.ipv4 || a.ipv6 !== b.ipv6;
