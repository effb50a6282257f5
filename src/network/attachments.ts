import { AppError, newId } from '../base/index.ts';
import type { EndpointRecord, EndpointRequest, NetworkRecord, SandboxRecord } from '../store/records.ts';
import type { Core } from './core.ts';
import { checkAttachment, checkDetachment } from './endpoint-settings.ts';
import { acquire, expectNetwork, expose, leadsOut, surrender } from './external/joining.ts';
import { gatewayIds } from './gateway.ts';
import { findNetwork } from './lookup.ts';
import { mergePlans } from './plan/merge.ts';
import type { Plan } from './plan/types.ts';
import { gatewayAddresses, hostPortsOf, ownerOf, reserve, serve, translates, withdraw } from './publishing.ts';

/** Attaches containers to networks and takes them off, live while their sandbox is up. Called in the container's turn. */
export class Attachments {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  async connect(containerId: string, ref: string, request: EndpointRequest): Promise<EndpointRecord> {
    const { records, drivers } = this.#core;
    const network = findNetwork(records.networks(), ref);
    if (network.configOnly === true) {
      throw new AppError('forbidden', 'cannot create endpoint on configuration-only network');
    }
    const existing = records.endpointsOf(containerId);
    const sandbox = records.sandboxOf(containerId);
    checkAttachment(
      network,
      request,
      existing.map((endpoint) => ({ endpoint, network: records.network(endpoint.networkId) })),
      sandbox?.containerName,
    );
    drivers.get(network.driver).checkEndpoint?.(network, request);
    const again = existing.find(({ networkId }) => networkId === network.id);
    if (again !== undefined) {
      // Only of a container that is down: what it asks for at its next start.
      const changed = { ...again, request };
      records.putEndpoint(changed);
      return changed;
    }
    const lost = lostUnder(network.name, existing);
    const order = lost?.order ?? Math.max(-1, ...existing.map((one) => one.order)) + 1;
    const endpoint: EndpointRecord = { id: newId(), networkId: network.id, containerId, order, request };
    if (sandbox !== undefined && drivers.get(network.driver).addressed) {
      return this.#plug(sandbox, network, endpoint, existing);
    }
    records.transaction(() => {
      if (lost !== undefined) records.deleteEndpoint(lost);
      records.putEndpoint(endpoint);
    });
    return endpoint;
  }

  async disconnect(containerId: string, ref: string): Promise<void> {
    const { records, leases, debts } = this.#core;
    const network = findNetwork(records.networks(), ref);
    const existing = records.endpointsOf(containerId);
    const endpoint = existing.find(({ networkId }) => networkId === network.id) ?? lostUnder(network.name, existing);
    const sandbox = records.sandboxOf(containerId);
    checkDetachment(network, containerId, endpoint, sandbox !== undefined);
    if (endpoint === undefined) return;
    if (sandbox === undefined || endpoint.lease === undefined) {
      records.deleteEndpoint(endpoint);
      return;
    }
    const before = this.#plan(containerId, network);
    const published = gatewayAddresses(this.#core, sandbox);
    const others = records.endpointsOf(containerId).filter(({ id }) => id !== endpoint.id);
    const moved = await this.#withGateways(sandbox, others);
    records.transaction(() => {
      debts.owe(endpoint);
      leases.end(endpoint, sandbox.containerName);
      records.deleteEndpoint(endpoint);
      records.putSandbox(moved);
    });
    await debts.leave(endpoint, leadsOut(sandbox, endpoint.id));
    await this.#settle(moved, network, before);
    withdraw(this.#core, sandbox, published);
    this.#releaseUnused(moved);
    await debts.settle(network.id);
    leases.giveBack(network.id, endpoint.lease);
    await expose(this.#core, sandbox, moved);
  }

  async unlink(containerId: string, ref: string, gone: (link: string) => boolean): Promise<void> {
    const { records } = this.#core;
    const network = findNetwork(records.networks(), ref);
    const endpoint = records.endpointsOf(containerId).find(({ networkId }) => networkId === network.id);
    if (endpoint === undefined) return;
    const before = this.#plan(containerId, network);
    const links = endpoint.request.links.filter((link) => !gone(link));
    records.putEndpoint({ ...endpoint, request: { ...endpoint.request, links } });
    const sandbox = records.sandboxOf(containerId);
    if (sandbox !== undefined) await this.#settle(sandbox, network, before);
  }

  async #plug(
    sandbox: SandboxRecord,
    network: NetworkRecord,
    endpoint: EndpointRecord,
    existing: readonly EndpointRecord[],
  ): Promise<EndpointRecord> {
    const { records, reconciler } = this.#core;
    await using undo = new AsyncDisposableStack();
    const before = this.#plan(sandbox.containerId, network);
    const taken = existing.flatMap(({ lease }) => lease?.interface ?? []);
    const leased = await acquire(this.#core, sandbox, network, endpoint, taken, 'drop');
    undo.defer(() => surrender(this.#core, sandbox, leased, 'drop'));
    const published = gatewayAddresses(this.#core, sandbox);
    const moved = await this.#withGateways(sandbox, [...existing, leased]);
    undo.defer(() => this.#releaseUnused(sandbox));
    expectNetwork(this.#core, network);
    records.transaction(() => {
      records.putEndpoint(leased);
      records.putSandbox(moved);
    });
    undo.defer(async () => {
      const after = this.#plan(sandbox.containerId, network);
      const { lease: _, ...down } = leased;
      records.transaction(() => {
        records.putEndpoint(down);
        records.putSandbox(sandbox);
      });
      await reconciler.change(after, before);
    });
    const { sandboxes } = await this.#settle(moved, network, before);
    undo.defer(() => expose(this.#core, moved, sandbox));
    await expose(this.#core, sandbox, moved);
    const links = sandboxes.get(sandbox.id)?.links.filter(({ name }) => name === leased.lease.interface);
    this.#core.announcer.repeat(sandbox.containerId, sandbox.id, links ?? []);
    withdraw(this.#core, sandbox, published);
    this.#releaseUnused(moved);
    undo.move();
    return leased;
  }

  /** Makes the kernel, the names and the relays follow the records. Answers what was planned. */
  async #settle(sandbox: SandboxRecord, network: NetworkRecord, before: Plan): Promise<Plan> {
    const { reconciler, names, files, pins } = this.#core;
    const after = this.#plan(sandbox.containerId, network);
    await Promise.all([reconciler.change(before, after), files.update(sandbox)]);
    pins.with(sandbox.id, (netns) => names.open(sandbox, netns));
    names.refresh([network.id]);
    serve(this.#core, sandbox);
    return after;
  }

  /** With the networks themselves, so that their bridges count as there before and after. */
  #plan(containerId: string, network: NetworkRecord): Plan {
    const { planner, records } = this.#core;
    const others = records.endpointsOf(containerId).map(({ networkId }) => networkId);
    return mergePlans([planner.networks([network.id, ...others]), planner.container(containerId)]);
  }

  /**
   * The sandbox as it leads out through one of these. Its ports go along with their numbers; without a way out there
   * are none, and with the first one they are reserved.
   */
  async #withGateways(
    { gatewayEndpointId: _, gateway6EndpointId: __, ...rest }: SandboxRecord,
    endpoints: readonly EndpointRecord[],
  ): Promise<SandboxRecord> {
    const gateways = this.#core.planner.gatewaysAmong(endpoints);
    const { portRequests = [] } = rest;
    const kept = hostPortsOf(rest).length > 0 && translates(this.#core, gateways);
    const ports = kept ? rest.ports : await reserve(this.#core, ownerOf(rest), portRequests, gateways);
    return { ...rest, ports, ...gatewayIds(gateways) };
  }

  /** Gives the host ports back of a sandbox that is left with none. */
  #releaseUnused(sandbox: SandboxRecord): void {
    if (hostPortsOf(sandbox).length === 0) this.#core.ports.release(sandbox.containerId);
  }
}

/** An endpoint of a network of this name that was removed: of a container that is down, which cannot start with it. */
const lostUnder = (name: string, endpoints: readonly EndpointRecord[]): EndpointRecord | undefined =>
  endpoints.find(({ lostNetwork }) => lostNetwork === name);
