import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createApiServer } from '../api/index.ts';
import { Log, messageOf, newId } from '../base/index.ts';
import { apiVersion, minApiVersion } from '../contract/index.ts';
import { type ContainerRecord, createEngine } from '../engine/index.ts';
import { createImages, type Images } from '../image/index.ts';
import { createNetworkController, type NetworkController } from '../network/index.ts';
import { createRuntime } from '../runtime/index.ts';
import {
  Database,
  type EndpointRecord,
  type FormerLease,
  type NetworkRecord,
  type SandboxRecord,
} from '../store/index.ts';
import { warmThreadPool } from '../syscall/netns.ts';
import { Poller } from '../syscall/poller.ts';
import { Volumes } from '../volume/index.ts';
import { type DaemonFlags, parseDaemonFlags } from './flags/index.ts';
import { networkOptions } from './network-options.ts';
import { claimPidfile } from './pidfile.ts';
import { setProxies } from './proxies.ts';
import { registryOptions } from './registry-options.ts';
import { Reloadable, reloadOnHangup } from './reload.ts';
import { Supervisor } from './supervisor.ts';
import { startWarm } from './warm-start.ts';

type Setting = { readonly id: string; readonly value: string };

/**
 * Builds the engine from its parts, serves until SIGINT or SIGTERM, and lets go in reverse order. Containers go on.
 * Resolves with the exit code.
 */
export async function runDaemon(argv: readonly string[]): Promise<number> {
  const flags = flagsOrRefusal(argv);
  if (flags === undefined) return 1;
  startWarm();
  const log = new Log(flags.logLevel, (line) => process.stderr.write(line));
  for (const notice of flags.notices) log.warn(notice);
  setProxies(flags, log);
  process.umask(0o022);
  writeFileSync('/proc/self/comm', 'node'); // Node 24 calls it MainThread, which says nothing in ps and top
  await warmThreadPool(); // before any namespace is entered: a pool thread born inside one would stay there
  try {
    await serve(new Reloadable(argv, flags, log), log);
    return 0;
  } catch (error) {
    log.error(messageOf(error));
    if (flags.debug && error instanceof Error) log.debug(error.stack ?? '');
    return 1;
  }
}

async function serve(settings: Reloadable, log: Log): Promise<void> {
  const { flags } = settings;
  const supervisor = new Supervisor(process.env, log);
  await using running = new AsyncDisposableStack();
  const dataRoot = folder(flags.dataRoot, 0o711);
  const execRoot = folder(flags.execRoot, 0o711);
  running.use(claimPidfile(flags.pidfile));
  const database = running.use(new Database(join(dataRoot, 'portolan.db')));
  const poller = running.use(new Poller());

  const notices: string[] = [];
  const notice = (message: string): void => {
    notices.push(message);
    log.warn(message);
  };
  const runtime = running.use(await createRuntime({ execRoot, ...programs(flags), poller, log }));
  const images = running.use(openImages(settings, { dataRoot, database, log }));
  const engineId = setting(database, 'engine-id', newId);
  const network = openNetwork(flags, { database, execRoot, dataRoot, engineId, notice, log, poller, supervisor });
  running.defer(() => network.stop());
  const volumes = new Volumes({
    dataRoot,
    store: database.table('volume'),
  });
  const engine = createEngine({
    options: {
      dataRoot,
      execRoot,
      cgroupParent: dataRoot === '/var/lib/portolan' ? 'portolan' : `portolan-${shortHash(dataRoot)}`,
      logging: { Type: flags.logDriver, Config: Object.fromEntries(flags.logOpt) },
      labels: () => settings.flags.label,
      registries: () => registryOptions(settings.flags),
      engineId,
      notices: () => [...notices, ...network.warnings()],
      version: packageVersion(),
      apiVersion,
      minApiVersion,
    },
    runtime,
    network,
    images,
    volumes,
    containers: database.table<ContainerRecord>('container'),
    log,
  });
  const stopped = stopSignal();
  reloadOnHangup(settings, (attributes) => engine.reloaded(attributes));
  await images.start();
  await network.start();
  supervisor.dropRest();
  await engine.start();
  await images
    .ensureBusybox('/bin/busybox')
    .catch((error: unknown) => log.warn(`no busybox image: ${messageOf(error)}`));

  const server = createApiServer({ backend: engine.backend, log, version: packageVersion() });
  running.defer(() => server.close());
  for (const host of flags.host) {
    await server.listen(host);
    log.info(`listening on ${host}`);
  }
  supervisor.ready();
  log.info(`stopping: ${await stopped}`);
  supervisor.stopping();
}

function openImages(
  settings: Reloadable,
  { dataRoot, database, log }: { readonly dataRoot: string; readonly database: Database; readonly log: Log },
): Images {
  return createImages({
    dataRoot,
    store: { images: database.table('image'), layers: database.table('layer'), tags: database.table('tag') },
    log,
    registry: { options: () => registryOptions(settings.flags), agent: `portolan/${packageVersion()}` },
  });
}

type NetworkDeps = {
  readonly database: Database;
  readonly execRoot: string;
  readonly dataRoot: string;
  readonly engineId: string;
  readonly notice: (message: string) => void;
  readonly log: Log;
  readonly poller: Poller;
  readonly supervisor: Supervisor;
};

/** What containers are run by. */
const programs = ({ runtime, conmon, initPath }: DaemonFlags) => ({
  runtimePath: runtime,
  conmonPath: conmon,
  ...(initPath === undefined ? {} : { initPath }),
});

function openNetwork(
  flags: DaemonFlags,
  { database, execRoot, dataRoot, engineId, notice, log, poller, supervisor }: NetworkDeps,
): NetworkController {
  return createNetworkController({
    log,
    poller,
    socketStore: supervisor,
    store: {
      networks: database.table<NetworkRecord>('network'),
      endpoints: database.table<EndpointRecord>('endpoint'),
      sandboxes: database.table<SandboxRecord>('sandbox'),
      formerLeases: database.table<FormerLease>('former_lease'),
      transaction: (body) => database.transaction(body),
    },
    options: networkOptions(flags, {
      runDir: folder(join(execRoot, 'netns'), 0o711),
      pluginDir: join(execRoot, 'plugins'),
      table: `portolan-${shortHash(dataRoot)}`,
      hostId: engineId,
      notice,
    }),
  });
}

/** Told as dockerd tells it: one line, and nothing started. */
function flagsOrRefusal(argv: readonly string[]): DaemonFlags | undefined {
  try {
    return parseDaemonFlags(argv);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return undefined;
  }
}

/** The real path: what the kernel shows in mount tables. */
function folder(path: string, mode: number): string {
  mkdirSync(resolve(path), { recursive: true, mode });
  return realpathSync(path);
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

function setting(database: Database, id: string, invent: () => string): string {
  const table = database.table<Setting>('setting');
  const found = table.get(id);
  if (found !== undefined) return found.value;
  const value = invent();
  table.put({ id, value });
  return value;
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Resolves with the first signal that asks us to stop; a second one ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((stop) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        stop(name);
        process.once(name, () => process.exit(130));
      });
    }
  });
}
