import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, hasCode, type Log, messageOf } from '../base/index.ts';
import type { Poller } from '../syscall/poller.ts';
import { freeze, killAll, letDie, processesOf, removeGroups, thaw } from './cgroup/groups.ts';
import type { MigrationLock } from './cgroup/migration.ts';
import type { MonitorGroups } from './cgroup/monitors.ts';
import { readStats } from './cgroup/stats.ts';
import { ConmonAttachment } from './conmon/attachment.ts';
import { type ConmonJob, closesStdin, conmonArgs, conmonFiles } from './conmon/command.ts';
import { type Conmons, reopenLog, resizeTerminal } from './conmon/conmon.ts';
import { type ExitFolder, readExit } from './conmon/exits.ts';
import { untilHeard } from './conmon/heard.ts';
import { removeConmonFiles, removeFile, removeRuncState } from './conmon/left.ts';
import { LiveContainer } from './container.ts';
import { execWithPipes } from './exec/exec.ts';
import { execProcess, readSpec } from './exec/process.ts';
import { execWithTerminal } from './exec/terminal.ts';
import { whileUp } from './exec/while-up.ts';
import { readLogs } from './logs/logs.ts';
import { type LogRoom, rotateLog } from './logs/rotate.ts';
import { isAlive, type Watched, watchProcess } from './process/child.ts';
import type { Orphans } from './process/orphans.ts';
import { createFailure } from './runc/failure.ts';
import { untilProgram } from './runc/program.ts';
import { openExecFifo } from './runc/start.ts';
import { readState } from './runc/state.ts';
import { updateContainer } from './runc/update.ts';
import { mountSharedMemory, unmountSharedMemory } from './shared-memory.ts';
import { devicesOf } from './spec/devices.ts';
import type { HostFacts } from './spec/host.ts';
import { specJson } from './spec/json.ts';
import { buildSpec } from './spec/spec.ts';
import type {
  Attachment,
  CreateRequest,
  ExecHandle,
  ExecRequest,
  Exit,
  LogEntry,
  LogQuery,
  Resources,
  Runtime,
  RuntimeStats,
  SpecInput,
} from './types.ts';

const SIGKILL = 9;

/** What the runtime is put together from; it owns those that can be disposed. */
export type RuntimeParts = {
  readonly host: HostFacts;
  readonly conmons: Conmons;
  readonly exits: ExitFolder;
  readonly monitors: MonitorGroups;
  readonly migration: MigrationLock;
  readonly orphans: Orphans;
  readonly poller: Poller;
  readonly log: Log;
  readonly versions: { readonly runc: string; readonly conmon: string };
  /** A folder for the time an exec takes to start. */
  readonly execFolder: string;
};

/** Containers under conmon and runc. Restarting the engine loses none of them: their state is in files. */
export class ConmonRuntime implements Runtime, AsyncDisposable {
  readonly #parts: RuntimeParts;
  readonly #live = new Map<string, LiveContainer>();
  #closed = false;

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
  }

  get #root(): string {
    return this.#parts.conmons.tools.runtimeRoot;
  }

  async create(request: CreateRequest): Promise<{ readonly pid: number }> {
    const { conmons, host, migration } = this.#parts;
    const { spec, bundle } = request;
    migration.warm();
    if (typeof spec.ipc === 'object' && spec.ipc.path === undefined)
      await mountSharedMemory(spec.ipc.shm, spec.shmBytes);
    await writeFile(join(bundle, 'config.json'), specJson(buildSpec(spec, host, await devicesOf(spec))));
    const job = conmonJob(request);
    const created = await conmons.create(job, (pid) => this.#separate(pid, spec));
    if ('failed' in created) throw createFailure(created.failed);
    const closes = closesStdin(conmonArgs(job, conmons.tools));
    const live = await this.#take(spec.id, bundle, created.conmon, created.pid, closes);
    return { pid: live.pid };
  }

  /** At once, while the runtime starts up: later it would wait on a lock that a quick container's removal needs. */
  #separate(pid: number, { id, cgroupPath }: SpecInput): void {
    this.#parts.monitors.add(pid, cgroupPath).catch((error: unknown) => {
      if (hasCode(error, 'ESRCH')) return; // it has failed already
      this.#parts.log.warn(`container ${id}: its monitor stays in the engine's control group: ${messageOf(error)}`);
    });
  }

  async #take(id: string, folder: string, conmon: Watched, pid: number, closes: boolean): Promise<LiveContainer> {
    const { poller, exits } = this.#parts;
    const groups = (await readState(this.#root, id))?.groups ?? {};
    const init = watchProcess(poller, pid);
    const live = new LiveContainer({ id, folder, groups, closesStdin: closes, init, conmon, exits });
    this.#live.set(id, live);
    return live;
  }

  async attach(id: string, { stdin }: { readonly stdin: boolean }): Promise<Attachment> {
    const live = this.#find(id);
    const attachment = new ConmonAttachment(this.#parts.poller, join(live.folder, conmonFiles.attach), {
      stdin,
      lingers: live.closesStdin,
    });
    live.early?.push(attachment);
    return attachment;
  }

  async start(id: string): Promise<void> {
    const live = this.#find(id);
    const early = live.early ?? [];
    live.early = undefined;
    await untilHeard(early);
    await openExecFifo(this.#root, id, this.#parts.poller, live.exit);
    await untilProgram(live.pid);
  }

  exit(id: string): Promise<Exit> {
    return this.#find(id).exit;
  }

  async recover(id: string, bundle: string): ReturnType<Runtime['recover']> {
    const known = this.#live.get(id);
    if (known !== undefined) return { running: true, pid: known.pid };
    const conmon = await this.#findConmon(id, bundle);
    const pid = Number(await readFile(join(bundle, conmonFiles.pid), 'utf8').catch(() => '0'));
    const spec = await readSpec(bundle).catch(() => undefined);
    if (spec !== undefined) this.#parts.monitors.adopt(spec.linux.cgroupsPath);
    if (conmon !== undefined && pid > 0 && isAlive(pid)) {
      const live = await this.#take(id, bundle, conmon.watched, pid, closesStdin(conmon.args));
      live.early = undefined;
      return { running: true, pid: live.pid };
    }
    // Half made: nothing of the container runs yet, and its making ends with its monitor.
    if (pid === 0) conmon?.watched.signal(SIGKILL);
    // A monitor whose container has ended is about to write how, and to go.
    await conmon?.watched.ended;
    const ended = readExit(bundle);
    return { running: false, exit: ended && { ...ended, oomKilled: await this.#hadOom(bundle) } };
  }

  /** The number in the file may be another process's by now: its arguments tell. */
  async #findConmon(id: string, bundle: string) {
    const pid = Number(await readFile(join(bundle, conmonFiles.conmonPid), 'utf8').catch(() => '0'));
    if (pid === 0) return undefined;
    let watched: Watched;
    try {
      watched = watchProcess(this.#parts.poller, pid);
    } catch (error) {
      if (hasCode(error, 'ESRCH')) return undefined;
      throw error;
    }
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (args[args.indexOf('-c') + 1] === id) return { watched, args };
    watched[Symbol.dispose]();
    return undefined;
  }

  #hadOom(bundle: string): Promise<boolean> {
    return readFile(join(bundle, conmonFiles.oom)).then(
      () => true,
      () => false,
    );
  }

  async kill(id: string, signal: number, sent?: () => void): Promise<void> {
    const live = this.#find(id);
    try {
      live.signal(signal);
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error;
      throw new AppError('conflict', `container ${id} is not running`, { cause: error });
    }
    sent?.();
    if (signal !== SIGKILL) return;
    live.dying = true;
    await letDie(live.groups);
  }

  async pause(id: string): Promise<void> {
    const live = this.#find(id);
    try {
      await freeze(live.groups);
      // Killed while it froze: frozen, it would never die.
      if (live.dying) await letDie(live.groups);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      // Its control group has gone with its processes.
      throw new AppError('conflict', `container ${id} is not running`, { cause: error });
    }
  }

  async resume(id: string): Promise<void> {
    await thaw(this.#find(id).groups);
  }

  async resize(id: string, height: number, width: number): Promise<void> {
    await resizeTerminal(this.#find(id).folder, height, width);
  }

  async delete(id: string, bundle?: string): Promise<void> {
    const live = this.#live.get(id);
    const state = live === undefined ? await readState(this.#root, id) : undefined;
    const groups = live?.groups ?? state?.groups ?? {};
    // Also after the end of its first process: with the host's pid namespace, others can be left.
    await killAll(groups);
    await live?.exit;
    await Promise.all([removeGroups(groups), live?.gone()]);
    live?.release();
    this.#live.delete(id);
    const folder = live?.folder ?? state?.bundle ?? bundle;
    await Promise.all([
      removeRuncState(join(this.#root, id)),
      removeFile(join(this.#parts.exits.path, id)),
      folder === undefined ? undefined : removeConmonFiles(folder),
      folder === undefined ? undefined : unmountSharedMemory(folder),
    ]);
  }

  async update(id: string, resources: Resources): Promise<void> {
    const { poller, host, conmons } = this.#parts;
    const live = this.#find(id);
    await updateContainer({ id, folder: live.folder, resources, abilities: host.cgroup, tools: conmons.tools, poller });
  }

  async exec(id: string, request: ExecRequest): Promise<ExecHandle> {
    const { poller, conmons, host, execFolder, migration } = this.#parts;
    const live = this.#find(id);
    migration.warm();
    return whileUp(live, async () => {
      const process = execProcess(request, await readSpec(live.folder), host.capabilities);
      const job = { containerId: id, folder: join(execFolder, request.execId), process, request };
      if (request.tty) return execWithTerminal(job, conmons, poller);
      return execWithPipes(job, { ...conmons.tools, poller });
    });
  }

  async processes(id: string): Promise<readonly number[]> {
    return processesOf(this.#find(id).groups);
  }

  async stats(id: string): Promise<RuntimeStats> {
    return readStats(this.#find(id).groups);
  }

  logs(path: string, query: LogQuery, ended: Promise<unknown>, signal: AbortSignal): AsyncIterable<LogEntry> {
    return readLogs(path, query, ended, signal);
  }

  watchOom(id: string, told: boolean, seen: () => void): Disposable {
    return this.#find(id).watchOom(told, seen);
  }

  async rotateLog(id: string, path: string, room: LogRoom, signal: AbortSignal): Promise<void> {
    const live = this.#live.get(id);
    if (live !== undefined) await rotateLog(path, room, () => reopenLog(live.folder), signal);
  }

  async version(): ReturnType<Runtime['version']> {
    return { ...this.#parts.versions, cgroup: this.#parts.host.cgroup.version };
  }

  abilities(): ReturnType<Runtime['abilities']> {
    const { version, blkioWeight } = this.#parts.host.cgroup;
    return { cgroup: version, blkioWeight };
  }

  #find(id: string): LiveContainer {
    const live = this.#live.get(id);
    if (live === undefined) throw new AppError('conflict', `container ${id} is not running`);
    return live;
  }

  /** Lets go of everything; containers go on. Safe to repeat. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const live of this.#live.values()) live.release();
    this.#live.clear();
    this.#parts.exits[Symbol.dispose]();
    this.#parts.conmons[Symbol.dispose]();
    this.#parts.orphans[Symbol.dispose]();
    await this.#parts.monitors[Symbol.asyncDispose]();
  }
}

function conmonJob({ spec, bundle, openStdin, stdinOnce, logPath, logMaxBytes = 0 }: CreateRequest): ConmonJob {
  return {
    id: spec.id,
    folder: bundle,
    tty: spec.tty,
    stdin: openStdin,
    // With a terminal, closing would take away the input of every later client.
    leaveStdinOpen: openStdin && (spec.tty || !stdinOnce),
    ...(logPath === undefined ? {} : { logPath, logMaxBytes }),
  };
}
