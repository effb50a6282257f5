import type { Log } from '../base/index.ts';
import type { Poller } from '../syscall/poller.ts';
import type { Announcer } from './announcer.ts';
import type { Debts } from './external/debts.ts';
import type { Ipams } from './external/ipams.ts';
import type { FirewallTable } from './firewall/index.ts';
import type { Flows } from './flows.ts';
import type { Forwarding } from './forwarding.ts';
import type { FreshSandboxes } from './fresh-sandboxes.ts';
import type { HostFiles } from './host-files.ts';
import type { ClashWatch, HostRoutes } from './host-routes/index.ts';
import type { HostWatch } from './host-watch.ts';
import type { Leases } from './leases.ts';
import type { LeftLinks } from './left-links.ts';
import type { Names } from './names.ts';
import type { Planner } from './planner.ts';
import type { PortReservations } from './ports/index.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import type { Records } from './records.ts';
import type { DriverRegistry } from './registry.ts';
import type { SandboxPins } from './sandbox-pins.ts';
import type { NetworkOptions } from './types.ts';
import type { WayOut } from './way-out.ts';

/** What every part of the controller works with; built once. */
export type Core = {
  readonly options: NetworkOptions;
  readonly log: Log;
  readonly poller: Poller;
  readonly hostWatch: HostWatch;
  readonly drivers: DriverRegistry;
  readonly ipams: Ipams;
  readonly debts: Debts;
  readonly records: Records;
  readonly planner: Planner;
  readonly leases: Leases;
  readonly reconciler: Reconciler;
  readonly firewall: FirewallTable;
  readonly forwarding: Forwarding;
  /** Absent with --mtu. */
  readonly wayOut: WayOut | undefined;
  readonly hostRoutes: HostRoutes;
  readonly clashes: ClashWatch;
  /** Of the host, as its resolv.conf says now. */
  readonly nameServers: () => readonly string[];
  readonly ports: PortReservations;
  readonly flows: Flows;
  readonly announcer: Announcer;
  readonly names: Names;
  readonly files: HostFiles;
  readonly pins: SandboxPins;
  readonly left: LeftLinks;
  readonly fresh: FreshSandboxes;
};
