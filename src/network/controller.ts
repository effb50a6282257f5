import { AppError, KeyedQueue, type Log, messageOf } from '../base/index.ts';
import { NftContext } from '../nftables/context.ts';
import type { EndpointRecord, EndpointRequest, NetworkRecord } from '../store/records.ts';
import { warmThreadPool } from '../syscall/netns.ts';
import { Poller } from '../syscall/poller.ts';
import { Announcer } from './announcer.ts';
import { Attachments } from './attachments.ts';
import { bridgeSettings } from './bridge-settings.ts';
import type { Core } from './core.ts';
import { HostResolvers, Resolver, type SocketStore } from './dns/index.ts';
import { bridgeDriver } from './drivers/bridge/index.ts';
import { hostDriver } from './drivers/host/index.ts';
import { ipvlanDriver } from './drivers/ipvlan/index.ts';
import { macvlanDriver } from './drivers/macvlan/index.ts';
import { noneDriver } from './drivers/none/index.ts';
import { remoteDriver } from './drivers/remote/index.ts';
import { Debts } from './external/debts.ts';
import { Ipams, isRemoteIpam } from './external/ipams.ts';
import { Firewall } from './firewall/index.ts';
import { Flows } from './flows.ts';
import { FormerLeases } from './former-leases.ts';
import { Forwarding } from './forwarding.ts';
import { FreshSandboxes } from './fresh-sandboxes.ts';
import { HostFiles } from './host-files.ts';
import { ClashWatch, HostRoutes } from './host-routes/index.ts';
import { HostWatch } from './host-watch.ts';
import { hasAddresses } from './ipam/index.ts';
import { Leases } from './leases.ts';
import { findNetwork } from './lookup.ts';
import { Names } from './names.ts';
import { Networks } from './networks.ts';
import { ParentWatch } from './parent-watch.ts';
import { Planner } from './planner.ts';
import { commonFolders, type PluginFolders, Plugins } from './plugins/index.ts';
import { PortReservations } from './ports/index.ts';
import { Mark } from './reconcile/mark.ts';
import { Namespace } from './reconcile/namespace.ts';
import { Reconciler } from './reconcile/reconciler.ts';
import { Records } from './records.ts';
import { DriverRegistry } from './registry.ts';
import { reportOf } from './report.ts';
import { SandboxPins } from './sandbox-pins.ts';
import { Sandboxes } from './sandboxes.ts';
import {
  completeGateways,
  dropLostSandboxes,
  dropProvisional,
  ensurePredefined,
  remind,
  repairResolvers,
  resume,
} from './startup.ts';
import type { NetworkStore } from './store.ts';
import type {
  NetworkController,
  NetworkCreate,
  NetworkEvent,
  NetworkOptions,
  RepairReport,
  SandboxRequest,
  SandboxUp,
  SubnetStatus,
} from './types.ts';
import { WayOut } from './way-out.ts';

export type NetworkDeps = {
  readonly options: NetworkOptions;
  readonly store: NetworkStore;
  readonly log: Log;
  /** Descriptor of the namespace that is the host's; absent: the process's own. */
  readonly hostNetns?: number;
  /** The host's resolv.conf. */
  readonly hostResolvers?: HostResolvers;
  /** Absent: one of our own. */
  readonly poller?: Poller;
  /** Absent: sockets end with this process. */
  readonly socketStore?: SocketStore;
};

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
    const networks = new Networks(core);
    dropLostSandboxes(core);
    dropProvisional(core);
    completeGateways(core);
    core.firewall.install();
    core.forwarding.ensure(4, core.firewall);
    await ensurePredefined(core, networks);
    if (core.records.networks().some(({ ipv6 }) => ipv6)) core.forwarding.ensure(6, core.firewall);
    await core.pins.removeStrays(core.records.sandboxes().map(({ id }) => id));
    const report = reportOf(await core.reconciler.reconcile(() => core.planner.everything()), core.records);
    for (const line of [...report.restored, ...report.removed]) core.log.debug(`network: ${line}`);
    core.clashes.start();
    await resume(core);
    core.fresh.prepare();
    resources.use(core.files.follow(() => core.records.sandboxes(), core.log));
    const parents = resources.use(new ParentWatch({ ...core, repair: () => this.repair() }));
    core.wayOut?.follow(() => this.repair());
    const parts = { sandboxes: new Sandboxes(core), attachments: new Attachments(core), parents };
    this.#started = { core, networks, ...parts, resources: resources.move() };
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
    const report = reportOf(await core.reconciler.reconcile(() => core.planner.everything()), core.records);
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

/** Our own first, so that a test's engine or a second one can have plugins to itself. */
const pluginFolders = ({ pluginDir }: NetworkOptions): PluginFolders => ({
  sockets: [...(pluginDir === undefined ? [] : [pluginDir]), ...commonFolders.sockets],
  specs: commonFolders.specs,
});

/** Builds the parts. What has to be closed goes to `resources`; the kernel's state stays. */
function openCore(deps: NetworkDeps, resources: DisposableStack, event: (event: NetworkEvent) => void): Core {
  const { options, log, hostNetns } = deps;
  const host = resources.use(new Namespace(hostNetns));
  const plugins = new Plugins(pluginFolders(options), log);
  const poller = deps.poller ?? resources.use(new Poller());
  const hostWatch = resources.use(new HostWatch(host, poller));
  const wayOut = options.mtu === undefined ? resources.use(new WayOut(host, hostWatch, log)) : undefined;
  const forwarding = new Forwarding(host, options);
  const context = NftContext.open(hostNetns);
  const firewall = resources.use(
    new Firewall({
      context,
      table: options.table,
      guarded: forwarding.guarded(),
      acceptMark: options.bridgeAcceptFwmark,
    }),
  );
  const drivers = new DriverRegistry(
    [
      bridgeDriver(bridgeSettings({ options, host, firewall, wayOut })),
      macvlanDriver(),
      ipvlanDriver(),
      hostDriver(),
      noneDriver(),
    ],
    (name) => remoteDriver(plugins.named(name)),
  );
  const records = new Records(deps.store);
  const ipams = new Ipams(plugins, records);
  const pins = new SandboxPins(options.runDir);
  const hostResolvers = deps.hostResolvers ?? new HostResolvers();
  const resolver = resources.use(
    new Resolver({ log, poller, hostResolvers: hostResolvers.servers, store: deps.socketStore }),
  );
  const names = new Names(records, resolver, options);
  const planner = new Planner(records, drivers);
  const hostRoutes = resources.use(new HostRoutes(host, hostWatch));
  return {
    options,
    log,
    hostWatch,
    drivers,
    ipams,
    debts: new Debts({ records, drivers, ipams, log }),
    records,
    planner,
    hostRoutes,
    clashes: new ClashWatch({ host, routes: hostRoutes, records, planner, log, event }),
    nameServers: hostResolvers.servers,
    leases: new Leases(records, new FormerLeases(deps.store.formerLeases, records)),
    firewall,
    reconciler: new Reconciler({
      host,
      firewall,
      log,
      mark: new Mark(options.table),
      openSandbox: (id) => pins.open(id),
    }),
    forwarding,
    wayOut,
    ports: resources.use(new PortReservations(hostNetns === undefined ? {} : { netns: hostNetns })),
    flows: resources.use(new Flows(hostNetns, log)),
    announcer: resources.use(new Announcer({ planner, pins, log })),
    names,
    files: new HostFiles(names, hostResolvers, options),
    pins,
    fresh: new FreshSandboxes(pins),
  };
}
