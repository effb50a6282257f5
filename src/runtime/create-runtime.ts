import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../base/index.ts';
import { becomeSubreaper } from '../syscall/pipe.ts';
import type { Poller } from '../syscall/poller.ts';
import { MigrationLock } from './cgroup/migration.ts';
import { MonitorGroups } from './cgroup/monitors.ts';
import { findCgroupTree } from './cgroup/tree.ts';
import { Conmons } from './conmon/conmon.ts';
import { ExitFolder } from './conmon/exits.ts';
import { Orphans } from './process/orphans.ts';
import { findTool } from './runc/versions.ts';
import { ConmonRuntime } from './runtime.ts';
import { readHostFacts } from './spec/host.ts';
import type { Runtime } from './types.ts';

export type RuntimeDeps = {
  /** For state that a reboot may take: /run/portolan. */
  readonly execRoot: string;
  /** Names looked up in `searchPath`, or absolute paths. */
  readonly runtimePath: string;
  readonly conmonPath: string;
  /** The static program behind --init; the first of the usual ones by default. */
  readonly initPath?: string;
  readonly poller: Poller;
  readonly log: Log;
  /** As in $PATH. */
  readonly searchPath?: string;
  /** Where the default seccomp profile may be, first found wins; the package's place by default. */
  readonly seccompProfiles?: readonly string[];
};

const profileOfPackage = '/usr/share/containers/seccomp.json';

/** Finds the tools, reads the machine's facts. Throws `unavailable` with the package to install. */
export async function createRuntime(deps: RuntimeDeps): Promise<Runtime & AsyncDisposable> {
  const searchPath = deps.searchPath ?? '/usr/local/bin:/usr/bin:/bin';
  const tree = await findCgroupTree();
  const [host, migration, runc, conmon] = await Promise.all([
    readHostFacts(tree, deps.seccompProfiles ?? [profileOfPackage], deps.initPath),
    MigrationLock.find(tree),
    findTool(deps.runtimePath, searchPath, 'runc'),
    findTool(deps.conmonPath, searchPath, 'conmon'),
  ]);
  if (host.seccomp === undefined) {
    deps.log.warn(`no seccomp filter for containers: ${profileOfPackage} is missing (package containers-common)`);
  }
  const folders = await makeFolders(deps.execRoot);
  becomeSubreaper(); // what `runc exec` leaves behind becomes our child, whose exit code we can take
  const tools = {
    conmonPath: conmon.path,
    runtimePath: runc.path,
    runtimeRoot: folders.runc,
    exitFolder: folders.exits,
  };
  return new ConmonRuntime({
    host,
    conmons: new Conmons(tools, deps.poller),
    exits: new ExitFolder(folders.exits),
    monitors: new MonitorGroups(tree),
    migration,
    orphans: new Orphans(),
    poller: deps.poller,
    log: deps.log,
    versions: { runc: runc.version, conmon: conmon.version },
    execFolder: folders.execs,
  });
}

async function makeFolders(execRoot: string) {
  await mkdir(execRoot, { recursive: true, mode: 0o711 });
  const root = await realpath(execRoot);
  const folders = { runc: join(root, 'runc'), exits: join(root, 'exits'), execs: join(root, 'execs') };
  await rm(folders.execs, { recursive: true, force: true }); // of an engine that was killed while execs ran
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 });
  return folders;
}
