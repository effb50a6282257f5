import { setTimeout as sleep } from 'node:timers/promises';
import { UnixDiagConnection } from '../../netlink/unix-diag.ts';

/** A monitor that hangs for so long is not waited for any more. */
const limitMs = 5000;

/** One who listens on a monitor's socket. */
export type Listener = { isHeard(diagnosis: UnixDiagConnection): boolean };

/**
 * Resolves when a container's monitor has accepted all these connections. It turns to its sockets one at a time, and
 * hands output to whom it has accepted by then: a process that is let go earlier may speak before they are heard.
 */
export async function untilHeard(listeners: readonly Listener[]): Promise<void> {
  if (listeners.length === 0) return;
  using diagnosis = UnixDiagConnection.open();
  const deadline = Date.now() + limitMs;
  for (let waiting = listeners; ; await sleep(1)) {
    waiting = waiting.filter((listener) => !listener.isHeard(diagnosis));
    if (waiting.length === 0 || Date.now() > deadline) return;
  }
}
