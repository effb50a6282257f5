import type { Log } from '../base/index.ts';
import { NftContext } from '../nftables/context.ts';
import { Poller } from '../syscall/poller.ts';
import { Announcer } from './announcer.ts';
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
import { Ipams } from './external/ipams.ts';
import { Firewall } from './firewall/index.ts';
import { Flows } from './flows.ts';
import { FormerLeases } from './former-leases.ts';
import { Forwarding } from './forwarding.ts';
import { FreshSandboxes } from './fresh-sandboxes.ts';
import { HostFiles } from './host-files.ts';
import { ClashWatch, HostRoutes } from './host-routes/index.ts';
import { HostWatch } from './host-watch.ts';
import { Leases } from './leases.ts';
import { LeftLinks } from './left-links.ts';
import { Names } from './names.ts';
import { Planner } from './planner.ts';
import { commonFolders, type PluginFolders, Plugins } from './plugins/index.ts';
import { PortReservations } from './ports/index.ts';
import { Mark } from './reconcile/mark.ts';
import { Namespace } from './reconcile/namespace.ts';
import { Reconciler } from './reconcile/reconciler.ts';
import { Records } from './records.ts';
import { DriverRegistry } from './registry.ts';
import { SandboxPins } from './sandbox-pins.ts';
import type { NetworkStore } from './store.ts';
import type { NetworkEvent, NetworkOptions } from './types.ts';
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

/** Our own first, so that a test's engine or a second one can have plugins to itself. */
const pluginFolders = ({ pluginDir }: NetworkOptions): PluginFolders => ({
  sockets: [...(pluginDir === undefined ? [] : [pluginDir]), ...commonFolders.sockets],
  specs: commonFolders.specs,
});

/** Builds the parts. What has to be closed goes to `resources`; the kernel's state stays. */
export function openCore(deps: NetworkDeps, resources: DisposableStack, event: (event: NetworkEvent) => void): Core {
  const { options, log, hostNetns } = deps;
  const host = resources.use(new Namespace(hostNetns));
  const plugins = new Plugins(pluginFolders(options), log);
  const poller = deps.poller ?? resources.use(new Poller());
  const hostWatch = resources.use(new HostWatch(host, poller));
  const wayOut = options.mtu === undefined ? resources.use(new WayOut(host, hostWatch, log)) : undefined;
  const forwarding = new Forwarding(host, options);
  const firewall = resources.use(firewallOf(deps, forwarding));
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
  const mark = new Mark(options.table);
  const hostRoutes = resources.use(new HostRoutes(host, hostWatch));
  return {
    options,
    log,
    poller,
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
      mark,
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
    left: resources.use(new LeftLinks({ host, mark, log })),
    fresh: new FreshSandboxes(pins),
  };
}

const firewallOf = ({ options, hostNetns }: NetworkDeps, forwarding: Forwarding): Firewall =>
  new Firewall({
    context: NftContext.open(hostNetns),
    table: options.table,
    guarded: forwarding.guarded(),
    acceptMark: options.bridgeAcceptFwmark,
  });
