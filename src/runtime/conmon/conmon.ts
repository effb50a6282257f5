import { closeSync, constants, openSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../base/index.ts';
import type { Poller } from '../../syscall/poller.ts';
import { spawnWatched, type Watched } from '../process/child.ts';
import { type ConmonJob, type ConmonTools, conmonArgs, conmonFiles } from './command.ts';
import { removeConmonFiles } from './left.ts';
import { SyncPipe } from './sync-pipe.ts';

/** Programs find each other by it; runc needs nothing else of our environment. */
const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

/** Starts conmons and talks to those that run. */
export class Conmons implements Disposable {
  readonly tools: ConmonTools;
  readonly #poller: Poller;
  readonly #null = openSync('/dev/null', 'r+');

  constructor(tools: ConmonTools, poller: Poller) {
    this.tools = tools;
    this.#poller = poller;
  }

  /**
   * Runs the OCI runtime's create under a conmon of its own session, which outlives us. Resolves with both processes,
   * or with the runtime's words when it failed. `spawned` is told conmon's pid as soon as there is one.
   */
  async create(
    job: ConmonJob,
    spawned: (pid: number) => void,
  ): Promise<{ readonly conmon: Watched; readonly pid: number } | { readonly failed: string }> {
    using sync = new SyncPipe(this.#poller);
    await removeConmonFiles(job.folder);
    const conmon = await this.#spawn(job, ['_OCI_SYNCPIPE=3'], [sync.write]);
    sync.sent();
    spawned(conmon.pid);
    const [message] = await Promise.all([
      sync.next(),
      writeFile(join(job.folder, conmonFiles.conmonPid), `${conmon.pid}`),
    ]);
    if (message !== undefined && message.data > 0) return { conmon, pid: message.data };
    void conmon.ended.then(() => conmon[Symbol.dispose]());
    return { failed: message?.message ?? 'the container monitor ended without a reason' };
  }

  /** The bare start: descriptors from 3 on are `extra`, in order. */
  start(job: ConmonJob, env: readonly string[], extra: readonly number[]): Promise<Watched> {
    return this.#spawn(job, env, extra);
  }

  #spawn(job: ConmonJob, env: readonly string[], extra: readonly number[]): Promise<Watched> {
    return spawnWatched(this.#poller, {
      path: this.tools.conmonPath,
      args: conmonArgs(job, this.tools),
      env: [...environment, ...env],
      cwd: job.folder,
      fds: [this.#null, this.#null, this.#null, ...extra],
    });
  }

  [Symbol.dispose](): void {
    closeSync(this.#null);
  }
}

/** Sets the size of a job's terminal, in characters. Nothing to do when its conmon is gone. */
export async function resizeTerminal(folder: string, height: number, width: number): Promise<void> {
  await tellControl(folder, `1 ${height} ${width}\n`); // WIN_RESIZE_EVENT of conmon
}

/** Has a job's conmon begin a new log file under the name it was given. Nothing to do when it is gone. */
export async function reopenLog(folder: string): Promise<void> {
  await tellControl(folder, '2 0 0\n'); // REOPEN_LOGS_EVENT of conmon
}

async function tellControl(folder: string, line: string): Promise<void> {
  const control = await openControl(folder);
  if (control === undefined) return;
  try {
    await control.write(line);
  } catch (error) {
    if (!hasCode(error, 'EPIPE')) throw error; // it has just gone
  } finally {
    await control.close();
  }
}

const openControl = (folder: string) =>
  // Non-blocking: a fifo nobody reads is refused instead of waited for.
  open(join(folder, conmonFiles.control), constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
