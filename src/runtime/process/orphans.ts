import { endedChild, reap } from '../../syscall/spawn.ts';
import { isWatched, nameOf } from './child.ts';

/** The OCI runtime's own steps on the way to a program: "runc:[1:CHILD]", "runc:[2:INIT]". */
const stepOfRuntime = 'runc:[';
/** How long the one who started a child may take to watch it, or to ask how it ended. */
const patienceMs = 5000;
/** The same for a step of the runtime: it is watched if it was to become the program, and its pid was written down. */
const stepPatienceMs = 200;
const againMs = 20;

/**
 * Reaps the children that nobody asks for. A runtime that fails, or is killed with its container, leaves its helpers to
 * us, their subreaper; unreaped they would hold their numbers, and a container of which one was: the first process of a
 * pid namespace ends only after all others have been reaped (zap_pid_ns_processes, kernel/pid_namespace.c).
 */
export class Orphans implements Disposable {
  #timer: NodeJS.Timeout | undefined;
  #seen: { readonly pid: number; readonly since: number } | undefined;

  constructor() {
    process.on('SIGCHLD', this.#look);
  }

  /** A moment later: most are asked for at once, by who started them. */
  #look = (): void => {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#sweep()) this.#look();
    }, againMs).unref();
  };

  /** Whether one is left that may still be asked for. The kernel shows one at a time, and those behind it wait. */
  #sweep(): boolean {
    for (let pid = endedChild(); pid !== undefined; pid = endedChild()) {
      if (!this.#isNobodys(pid)) return true;
      reap(pid);
    }
    this.#seen = undefined;
    return false;
  }

  #isNobodys(pid: number): boolean {
    if (isWatched(pid)) return false;
    const now = performance.now();
    if (this.#seen?.pid !== pid) this.#seen = { pid, since: now };
    const patience = nameOf(pid).startsWith(stepOfRuntime) ? stepPatienceMs : patienceMs;
    return now - this.#seen.since > patience;
  }

  [Symbol.dispose](): void {
    process.off('SIGCHLD', this.#look);
    clearTimeout(this.#timer);
  }
}
