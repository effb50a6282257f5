import { AppError, KeyedQueue, messageOf } from '../base/index.ts';
import type { EndpointRecord, EndpointRequest, NetworkRecord } from '../store/records.ts';
import { warmThreadPool } from '../syscall/netns.ts';
import { Addressing } from './addressing.ts';
import { Attachments } from './attachments.ts';
import type { Core } from './core.ts';
import { isRemoteIpam } from './external/ipams.ts';
import { hasAddresses } from './ipam/index.ts';
import { findNetwork } from './lookup.ts';
import { Networks } from './networks.ts';
import { type NetworkDeps, openCore } from './open-core.ts';
import { ParentWatch } from './parent-watch.ts';
import { agree } from './report.ts';
import { RulesWatch } from './rules-watch.ts';
import { Sandboxes } from './sandboxes.ts';
import {
  answer,
  completeGateways,
  dropLostSandboxes,
  dropProvisional,
  ensurePredefined,
  remind,
  repairResolvers,
  resume,
} from './startup.ts';
import type {
  NetworkController,
  NetworkCreate,
  NetworkEvent,
  RepairReport,
  SandboxRequest,
  SandboxUp,
  SubnetStatus,
} from './types.ts';

export const createNetworkController = (deps: NetworkDeps): NetworkController => new Controller(deps);

type Started = {
  readonly core: Core;
  readonly networks: Networks;
  readonly sandboxes: Sandboxes;
  readonly attachments: Attachments;
  readonly parents: ParentWatch;
  readonly resources: DisposableStack;
};

class Controller implements NetworkController {
  readonly #deps: NetworkDeps;
  /** One queue for each container: its sandbox and its attachments change one after another. */
  readonly #queue = new KeyedQueue();
  #started: Started | undefined;
  #listener: (event: NetworkEvent) => void = () => {};

  constructor(deps: NetworkDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    // Its threads would else be born in the first namespace that is entered.
    await warmThreadPool();
    using resources = new DisposableStack();
    const core = openCore(this.#deps, resources, (event) => this.#listener(event));
    const addressing = new Addressing(core);
    const networks = new Networks(core, addressing);
    const { hostNetns: netnsFd } = this.#deps;
    const rules = resources.use(
      new RulesWatch({ ...core, netnsFd, table: core.options.table, repair: () => this.repair() }),
    );
    dropLostSandboxes(core);
    dropProvisional(core);
    completeGateways(core);
    answer(core);
    core.firewall.install();
    core.forwarding.ensure(4, core.firewall);
    await ensurePredefined(core, addressing);
    if (core.records.networks().some(({ ipv6 }) => ipv6)) core.forwarding.ensure(6, core.firewall);
    await core.pins.removeStrays(core.records.sandboxes().map(({ id }) => id));
    const report = await agree(core);
    for (const line of [...report.restored, ...report.removed]) core.log.debug(`network: ${line}`);
    core.clashes.start();
    await resume(core);
    core.fresh.prepare();
    resources.use(core.files.follow(() => core.records.sandboxes(), core.log));
    const parents = resources.use(new ParentWatch({ ...core, repair: () => this.repair() }));
    core.wayOut?.follow(() => this.repair());
    const parts = { sandboxes: new Sandboxes(core), attachments: new Attachments(core), parents };
    this.#started = { core, networks, ...parts, resources: resources.move() };
    rules.begin();
    // Not waited for: plugins may come up after the engine, or not at all.
    remind(core, networks).catch((error: unknown) => core.log.debug(`network: ${messageOf(error)}`));
  }

  async stop(): Promise<void> {
    const started = this.#started;
    this.#started = undefined;
    await started?.core.fresh.close();
    started?.resources.dispose();
  }

  async repair(): Promise<RepairReport> {
    const { core } = this.#parts;
    core.hostRoutes.list();
    const fresh = core.firewall.install() ? [`added table ${core.options.table}`] : [];
    const report = await agree(core);
    const redirected = await repairResolvers(core);
    return { restored: [...fresh, ...report.restored, ...redirected], removed: report.removed };
  }

  createNetwork(request: NetworkCreate): Promise<NetworkRecord> {
    return this.#parts.networks.create(request);
  }

  async removeNetwork(ref: string): Promise<NetworkRecord> {
    return this.#parts.networks.remove(ref);
  }

  network(ref: string): NetworkRecord {
    return findNetwork(this.networks(), ref);
  }

  networks(): readonly NetworkRecord[] {
    return this.#parts.core.records.networks().filter(({ unfinished }) => unfinished !== true);
  }

  warningsOf(network: NetworkRecord): readonly string[] {
    return this.#parts.core.drivers.get(network.driver).warnings(network);
  }

  drivers(): readonly string[] {
    const used = this.networks().map(({ driver }) => driver);
    return [...new Set([...this.#parts.core.drivers.names(), ...used])].sort();
  }

  /** Without those whose network was removed while the container was stopped: its next start is refused for them. */
  endpointsOf(containerId: string): readonly EndpointRecord[] {
    const { records } = this.#parts.core;
    return records.endpointsOf(containerId).filter(({ networkId }) => records.network(networkId) !== undefined);
  }

  endpointsIn(networkId: string): readonly EndpointRecord[] {
    return this.#parts.core.records.endpointsIn(networkId);
  }

  ipamStatus(networkId: string): readonly SubnetStatus[] {
    const { records, leases } = this.#parts.core;
    const network = records.network(networkId);
    // What a plugin has left is not known here.
    if (network === undefined || isRemoteIpam(network)) return [];
    const pools = network.ipam.pools.filter(hasAddresses);
    return leases.counts(network).map((count, i) => ({ subnet: pools[i]!.subnet, ...count }));
  }

  onEvent(listener: (event: NetworkEvent) => void): void {
    this.#listener = listener;
  }

  warnings(): readonly string[] {
    if (this.#started === undefined) return [];
    const { core, parents } = this.#started;
    return [...core.clashes.warnings(), ...parents.warnings()];
  }

  connect(containerId: string, networkRef: string, request: EndpointRequest): Promise<EndpointRecord> {
    return this.#queue.run(containerId, () => this.#parts.attachments.connect(containerId, networkRef, request));
  }

  disconnect(containerId: string, networkRef: string): Promise<void> {
    return this.#queue.run(containerId, () => this.#parts.attachments.disconnect(containerId, networkRef));
  }

  unlink(containerId: string, networkRef: string, gone: (link: string) => boolean): Promise<void> {
    return this.#queue.run(containerId, () => this.#parts.attachments.unlink(containerId, networkRef, gone));
  }

  sandboxUp(request: SandboxRequest): Promise<SandboxUp> {
    return this.#queue.run(request.containerId, () => this.#parts.sandboxes.up(request));
  }

  sandboxOf(containerId: string): SandboxUp | undefined {
    return this.#parts.sandboxes.of(containerId);
  }

  sandboxDown(containerId: string): Promise<void> {
    return this.#queue.run(containerId, () => this.#parts.sandboxes.down(containerId));
  }

  forget(containerId: string): Promise<void> {
    return this.#queue.run(containerId, async () => {
      const { sandboxes, core } = this.#parts;
      await sandboxes.cutOff(containerId);
      for (const endpoint of core.records.endpointsOf(containerId)) core.records.deleteEndpoint(endpoint);
    });
  }

  rename(containerId: string, name: string, oldName: string): Promise<void> {
    return this.#queue.run(containerId, () => this.#parts.sandboxes.rename(containerId, name, oldName));
  }

  writeHostFiles(request: SandboxRequest): Promise<void> {
    return this.#parts.core.files.writeShared(request);
  }

  resumeHostFiles(request: SandboxRequest): Promise<void> {
    return this.#parts.core.files.resumeShared(request);
  }

  get #parts(): Started {
    if (this.#started !== undefined) return this.#started;
    throw new AppError('unavailable', 'the network is not started');
  }
}
