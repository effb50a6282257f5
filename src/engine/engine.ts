import { hostname } from 'node:os';
import { KeyedQueue, type Log } from '../base/index.ts';
import type { Images } from '../image/index.ts';
import type { NetworkController } from '../network/index.ts';
import type { Runtime } from '../runtime/index.ts';
import type { Table } from '../store/index.ts';
import type { Volumes } from '../volume/index.ts';
import { ArchivesBackend } from './archive/backend.ts';
import { BuildsBackend } from './build/backend.ts';
import { ContainersBackend } from './container/backend.ts';
import type { ContainerRecord } from './container/record.ts';
import { Registry } from './container/registry.ts';
import { checkLogging } from './create/log-options.ts';
import { EventBus } from './events/bus.ts';
import { ExecStore } from './exec/exec-record.ts';
import { Execs } from './exec/execs.ts';
import { HealthMonitors } from './health/monitors.ts';
import { ImagesBackend } from './image/backend.ts';
import { NetworksBackend } from './network/backend.ts';
import type { EngineOptions, Parts } from './parts.ts';
import { recover } from './recover.ts';
import { Lifecycle } from './run/lifecycle.ts';
import { SharedNetworks } from './run/shared-networks.ts';
import { SystemBackend } from './system/backend.ts';
import { VolumesBackend } from './volume/backend.ts';

export type EngineDeps = {
  readonly options: EngineOptions;
  readonly runtime: Runtime;
  readonly network: NetworkController;
  readonly images: Images;
  readonly volumes: Volumes;
  readonly containers: Table<ContainerRecord>;
  readonly log: Log;
};

/** What the composition root joins to the API. */
export type Engine = {
  readonly backend: {
    readonly containers: ContainersBackend;
    readonly archives: ArchivesBackend;
    readonly execs: Execs;
    readonly images: ImagesBackend;
    readonly builds: BuildsBackend;
    readonly networks: NetworksBackend;
    readonly volumes: VolumesBackend;
    readonly system: SystemBackend;
  };
  /** Takes up what an earlier engine left. Requests may be answered once it resolves. */
  start(): Promise<void>;
  /** The configuration was read again: an event, with what of it can change while the engine runs. */
  reloaded(attributes: Readonly<Record<string, string>>): void;
};

export function createEngine(deps: EngineDeps): Engine {
  checkLogging(deps.options.logging);
  const parts: Parts = {
    ...deps,
    events: new EventBus(),
    containers: new Registry(deps.containers),
    execs: new ExecStore(),
    shares: new SharedNetworks(),
    queue: new KeyedQueue(),
  };
  const execs = new Execs(parts);
  const lifecycle = new Lifecycle(parts, new HealthMonitors(parts, execs));
  deps.network.onEvent(({ action, network: { id, name, driver }, attributes }) =>
    parts.events.emit('network', action, id, { name, type: driver, ...attributes }),
  );
  const images = new ImagesBackend(parts);
  return {
    backend: {
      containers: new ContainersBackend(parts, lifecycle),
      archives: new ArchivesBackend(parts),
      execs,
      images,
      builds: new BuildsBackend(parts, lifecycle, (ref) =>
        images.pull(ref, { tag: '', platform: '', credentials: {} }),
      ),
      networks: new NetworksBackend(parts),
      volumes: new VolumesBackend(parts),
      system: new SystemBackend(parts),
    },
    start: () => recover(parts, lifecycle),
    reloaded: (attributes) =>
      parts.events.emit('daemon', 'reload', deps.options.engineId, { name: hostname(), ...attributes }),
  };
}
