import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Groups, isUnified, killAll } from './cgroup/groups.ts';
import { wasOomKilled, watchKills } from './cgroup/oom.ts';
import { conmonFiles } from './conmon/command.ts';
import { type ExitFolder, readExit } from './conmon/exits.ts';
import type { Listener } from './conmon/heard.ts';
import { watchOom } from './conmon/oom.ts';
import type { Watched } from './process/child.ts';
import type { Exit } from './types.ts';

/** SIGKILL as an exit code: what a container is given whose monitor was killed under it. */
const killedCode = 128 + 9;

export type LiveParts = {
  readonly id: string;
  readonly folder: string;
  readonly groups: Groups;
  readonly closesStdin: boolean;
  readonly init: Watched;
  readonly conmon: Watched;
  readonly exits: ExitFolder;
};

/** A container whose process exists, or has just ended. */
export class LiveContainer {
  readonly id: string;
  readonly folder: string;
  readonly pid: number;
  readonly groups: Groups;
  /** conmon closes the container's stdin when a client hangs up. */
  readonly closesStdin: boolean;
  readonly exit: Promise<Exit>;
  /** Who attached before the start; none of them any more from then on. */
  early: Listener[] | undefined = [];
  /** It was sent what it cannot refuse. */
  dying = false;
  readonly #init: Watched;
  readonly #conmon: Watched;
  /** Noted before, by a note that was taken away. */
  #hadOom = false;

  constructor(parts: LiveParts) {
    this.id = parts.id;
    this.folder = parts.folder;
    this.pid = parts.init.pid;
    this.groups = parts.groups;
    this.closesStdin = parts.closesStdin;
    this.#init = parts.init;
    this.#conmon = parts.conmon;
    this.exit = this.#ended(parts.exits);
  }

  /** Tells each time something of it was killed for lack of memory, until the result is disposed of. */
  watchOom(told: boolean, seen: () => void): Disposable {
    const tell = (): void => {
      this.#hadOom = true;
      seen();
    };
    // With version 2, conmon's note has not been seen to come while the container goes on.
    return isUnified(this.groups) ? watchKills(this.groups, told, tell) : watchOom(this.folder, tell);
  }

  /** Throws SysError ESRCH when the process has ended. */
  signal(signal: number): void {
    this.#init.signal(signal);
  }

  /** conmon's file is there 0.4 ms before its process is gone; its end without a file means it was killed. */
  async #ended(exits: ExitFolder): Promise<Exit> {
    const appeared = exits.appeared(this.id);
    await Promise.race([appeared, this.#conmon.ended]);
    exits.forget(this.id);
    const found = readExit(this.folder);
    if (found === undefined) await killAll(this.groups);
    const noted = this.#hadOom || existsSync(join(this.folder, conmonFiles.oom));
    const oomKilled = noted || wasOomKilled(this.groups);
    return { ...(found ?? { code: killedCode, at: new Date() }), oomKilled };
  }

  /** Resolves when nothing of it is left to reap. */
  async gone(): Promise<void> {
    await Promise.all([this.#conmon.ended, this.#init.ended]);
  }

  /** Lets go of the descriptors; the container goes on. */
  release(): void {
    this.#init[Symbol.dispose]();
    this.#conmon[Symbol.dispose]();
  }
}
