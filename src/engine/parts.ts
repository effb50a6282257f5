import type { KeyedQueue, Log } from '../base/index.ts';
import type { HostConfig } from '../contract/index.ts';
import type { Images } from '../image/index.ts';
import type { NetworkController } from '../network/index.ts';
import type { Runtime } from '../runtime/index.ts';
import type { Volumes } from '../volume/index.ts';
import type { Registry } from './container/registry.ts';
import type { EventBus } from './events/bus.ts';
import type { ExecStore } from './exec/exec-record.ts';
import type { SharedNetworks } from './run/shared-networks.ts';

export type EngineOptions = {
  /** Where each container keeps its log, hosts files and bundle. */
  readonly dataRoot: string;
  readonly execRoot: string;
  /** Parent of every container's control group: differs per engine, so that two can run side by side. */
  readonly cgroupParent: string;
  /** Log driver and options of containers that do not say. */
  readonly logging: HostConfig['LogConfig'];
  /** They may change while the engine runs. */
  readonly labels: () => readonly string[];
  /** How registries are reached, for `info`; may change while the engine runs. */
  readonly registries: () => { readonly insecure: readonly string[]; readonly mirrors: readonly string[] };
  /** Stays the same over restarts. */
  readonly engineId: string;
  /** When the engine's own notices (forwarding turned on, …) are asked for. */
  readonly notices: () => readonly string[];
  /** What the engine says it is: version numbers, found once by the composition root. */
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string;
};

/** What every part of the engine works with; built once by the composition root. */
export type Parts = {
  readonly options: EngineOptions;
  readonly runtime: Runtime;
  readonly network: NetworkController;
  readonly images: Images;
  readonly volumes: Volumes;
  readonly events: EventBus;
  readonly containers: Registry;
  readonly execs: ExecStore;
  readonly shares: SharedNetworks;
  /** One queue per container: its starts, ends and removals happen one after another. */
  readonly queue: KeyedQueue;
  readonly log: Log;
};
