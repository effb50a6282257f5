import { setTimeout as sleep } from 'node:timers/promises';
import { nameOf } from '../process/child.ts';

/** What a container's first process is called in /proc/PID/comm while it is still runc's. */
const runcName = 'runc:[2:INIT]\n';
const waitMs = 1000;

/**
 * Resolves when the process has turned into the container's program, or has ended. It does so a moment after runc let
 * it go, longer on a busy machine; until then `top` shows runc's, and it would take a signal for its own and end by it,
 * with the code 2.
 */
export async function untilProgram(pid: number): Promise<void> {
  for (const deadline = Date.now() + waitMs; Date.now() < deadline; await sleep(1)) {
    if (nameOf(pid) !== runcName) return;
  }
}
