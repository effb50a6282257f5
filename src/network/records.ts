import type { EndpointRecord, NetworkRecord, SandboxRecord } from '../store/records.ts';
import type { NetworkStore } from './store.ts';

/** The records of the network core, found by what they belong to. One container's endpoints cost what it has of them. */
export class Records {
  readonly #store: NetworkStore;
  readonly #byContainer = new Map<string, Set<string>>();
  readonly #byNetwork = new Map<string, Set<string>>();
  readonly #sandboxes = new Map<string, string>();

  constructor(store: NetworkStore) {
    this.#store = store;
    for (const endpoint of store.endpoints.all()) this.#index(endpoint);
    for (const { id, containerId } of store.sandboxes.all()) this.#sandboxes.set(containerId, id);
  }

  networks(): readonly NetworkRecord[] {
    return this.#store.networks.all();
  }

  network(id: string): NetworkRecord | undefined {
    return this.#store.networks.get(id);
  }

  putNetwork(record: NetworkRecord): void {
    this.#store.networks.put(record);
  }

  deleteNetwork(id: string): void {
    this.#store.networks.delete(id);
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
    this.#store.endpoints.put(record);
    this.#index(record);
  }

  deleteEndpoint({ id, containerId, networkId }: EndpointRecord): void {
    this.#store.endpoints.delete(id);
    forget(this.#byContainer, containerId, id);
    forget(this.#byNetwork, networkId, id);
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

  #index({ id, containerId, networkId }: EndpointRecord): void {
    remember(this.#byContainer, containerId, id);
    remember(this.#byNetwork, networkId, id);
  }
}

function remember(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function forget(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}
