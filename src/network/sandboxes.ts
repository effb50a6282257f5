import { closeSync } from 'node:fs';
import { AppError } from '../base/index.ts';
import type { EndpointRecord, PublishedPort, SandboxRecord } from '../store/records.ts';
import type { Core } from './core.ts';
import { expose, leadsOut } from './external/joining.ts';
import { type Gateways, gatewayIds } from './gateway.ts';
import { keepLinks } from './link-targets.ts';
import { lostNetwork } from './lookup.ts';
import { hasIpv6Loopback, sandboxRecord } from './new-sandbox.ts';
import { mergePlans } from './plan/merge.ts';
import type { Plan } from './plan/types.ts';
import { gatewayAddresses, ownerOf, reserve, serve, withdraw } from './publishing.ts';
import { leaseAll } from './sandbox-leases.ts';
import type { SandboxRequest, SandboxUp } from './types.ts';
import { withdrawalOf } from './withdrawal.ts';

/** Builds sandboxes and takes them down. Each verb is called in the container's turn. */
export class Sandboxes {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  of(containerId: string): SandboxUp | undefined {
    const sandbox = this.#core.records.sandboxOf(containerId);
    return sandbox === undefined ? undefined : { sandbox, netnsPath: this.#core.pins.path(sandbox.id) };
  }

  async up(request: SandboxRequest): Promise<SandboxUp> {
    const { containerId } = request;
    const { records, ports, pins, planner, fresh } = this.#core;
    await this.down(containerId);
    const endpoints = this.#endpoints(containerId);
    await using undo = new AsyncDisposableStack();
    const { id, netns } = await fresh.take();
    undo.defer(() => pins.remove(id));
    using _open = { [Symbol.dispose]: () => closeSync(netns) };
    const bare = sandboxRecord(id, request);
    // Once a plugin has made an endpoint, it can also say that it leads out.
    const leased = await leaseAll(this.#core, bare, endpoints);
    undo.defer(() => this.down(containerId));
    const gateways = planner.gatewaysAmong(leased);
    const published = await this.#reserve(request, gateways);
    undo.defer(() => ports.release(containerId));
    const sandbox = { ...bare, ports: published, ...gatewayIds(gateways) };
    records.putSandbox(sandbox);
    await this.#build(sandbox, netns, request.sysctls);
    await expose(this.#core, undefined, sandbox);
    undo.move();
    return { sandbox, netnsPath: pins.path(sandbox.id) };
  }

  /** The host ports. What is wrong with them names the endpoint that they lead to, as in Docker. */
  async #reserve(request: SandboxRequest, gateways: Gateways): Promise<readonly PublishedPort[]> {
    const gateway = gateways.ipv4 ?? gateways.ipv6;
    try {
      return await reserve(this.#core, ownerOf(request), request.ports, gateways);
    } catch (error) {
      if (!(error instanceof AppError) || gateway === undefined) throw error;
      const where = `${request.containerName} (${gateway.id})`;
      const text = `driver failed programming external connectivity on endpoint ${where}: ${error.message}`;
      throw new AppError(error.kind, text, { cause: error });
    }
  }

  /** The kernel, the resolver and the files, from the records. The kernel's part is done before the first wait ends. */
  async #build(sandbox: SandboxRecord, netns: number, sysctls: SandboxRequest['sysctls']): Promise<void> {
    const { records, planner, reconciler, names, files, announcer } = this.#core;
    const networkIds = records.endpointsOf(sandbox.containerId).map(({ networkId }) => networkId);
    const before = planner.networks(networkIds);
    const own = planner.container(sandbox.containerId);
    const plugged = reconciler.change(before, mergePlans([before, own]));
    const written = files.write(sandbox, { ipv6: hasIpv6Loopback(sysctls) });
    await Promise.all([plugged, written]);
    names.open(sandbox, netns);
    names.refresh(networkIds);
    serve(this.#core, sandbox);
    announcer.repeat(sandbox.containerId, sandbox.id, own.sandboxes.get(sandbox.id)?.links ?? []);
    await this.#refreshLinks(sandbox);
  }

  /**
   * Takes down a sandbox in which others may still live: its links do not go with the namespace then, and would keep
   * addresses that are given back. Safe to repeat.
   */
  async cutOff(containerId: string): Promise<void> {
    const { records, planner, reconciler } = this.#core;
    const sandbox = records.sandboxOf(containerId);
    if (sandbox === undefined) return;
    const networks = planner.networks(records.endpointsOf(containerId).map(({ networkId }) => networkId));
    await reconciler.change(mergePlans([networks, planner.container(containerId)]), networks);
    await this.down(containerId);
  }

  /**
   * The links of bridge networks go with the namespace: nothing here waits for the kernel to delete them. Safe to
   * repeat.
   */
  async down(containerId: string): Promise<void> {
    const { records, planner, leases, ports, names, files, debts, announcer, left } = this.#core;
    const sandbox = records.sandboxOf(containerId);
    files.forget(containerId);
    if (sandbox === undefined) return;
    const plan = planner.container(containerId);
    const published = gatewayAddresses(this.#core, sandbox);
    const endpoints = records.endpointsOf(containerId);
    records.transaction(() => {
      for (const endpoint of endpoints) {
        debts.owe(endpoint);
        leases.end(endpoint, sandbox.containerName);
      }
      records.deleteSandbox(sandbox);
    });
    announcer.forget(sandbox.id);
    names.close(sandbox);
    names.refresh(endpoints.map(({ networkId }) => networkId));
    ports.release(containerId);
    left.expect(endpoints, plan);
    const kept = endpoints.filter(({ lease }) => lease?.plugin !== undefined);
    for (const { networkId, lease } of endpoints) {
      if (lease !== undefined && lease.plugin === undefined) leases.giveBack(networkId, lease);
    }
    for (const one of endpoints) {
      if (one.lease !== undefined) await debts.leave(one, leadsOut(sandbox, one.id));
    }
    const networkIds = endpoints.map(({ networkId }) => networkId);
    await this.#takeApart(sandbox.id, plan, networkIds);
    for (const id of networkIds) await debts.settle(id);
    // Only now are they nobody's: a plugin has let go of them.
    for (const { networkId, lease } of kept) if (lease !== undefined) leases.giveBack(networkId, lease);
    withdraw(this.#core, sandbox, published);
    await this.#refreshLinks(sandbox);
  }

  /** What does not go with the namespace, and then the namespace, as far as nobody else is in it. */
  async #takeApart(sandboxId: string, plan: Plan, networkIds: readonly string[]): Promise<void> {
    const { planner, reconciler, pins } = this.#core;
    // Links of a namespace that is gone are gone, too.
    const going = withdrawalOf(pins.exists(sandboxId) ? plan : { ...plan, sandboxes: new Map() });
    if (going === undefined) {
      await Promise.all([reconciler.applyElements({ add: [], remove: plan.elements }), pins.remove(sandboxId)]);
      return;
    }
    const networks = planner.networks(networkIds);
    await reconciler.change(mergePlans([networks, going.before]), mergePlans([networks, going.after]));
    await pins.remove(sandboxId);
  }

  async rename(containerId: string, containerName: string, oldName: string): Promise<void> {
    const { records, names, planner, reconciler } = this.#core;
    const sandbox = records.sandboxOf(containerId);
    // Links on user-defined networks go by name.
    const before = planner.container(containerId);
    records.transaction(() => {
      keepLinks(records, containerId, oldName);
      if (sandbox !== undefined) records.putSandbox({ ...sandbox, containerName });
    });
    if (sandbox === undefined) return;
    await reconciler.change(before, planner.container(containerId));
    names.refresh(records.endpointsOf(containerId).map(({ networkId }) => networkId));
    await this.#refreshLinks(sandbox);
  }

  /** Hosts files of others that name this sandbox follow it. */
  async #refreshLinks(sandbox: SandboxRecord): Promise<void> {
    const { names, files } = this.#core;
    const others = names.linking().filter(({ id }) => id !== sandbox.id);
    await Promise.all(others.map((other) => files.update(other)));
  }

  #endpoints(containerId: string): readonly EndpointRecord[] {
    const endpoints = this.#core.records.endpointsOf(containerId);
    const lost = endpoints.find(({ networkId }) => this.#core.records.network(networkId) === undefined);
    if (lost !== undefined) throw lostNetwork(lost);
    return endpoints;
  }
}
