import { performance } from 'node:perf_hooks';

const lookEveryMs = 2000;
/** A fiftieth of the time: less than any client that waits for us causes. */
const busyShare = 0.02;

/**
 * Calls `rest` when work is over: at the first quiet interval after a busy one. Starting up counts as work. Keeps no
 * process alive.
 */
export function onRest(rest: () => Promise<void>, everyMs = lookEveryMs): Disposable {
  let worked = true;
  let last = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(now, last).utilization > busyShare;
    last = now;
    if (worked && !busy) void rest();
    worked = busy;
  }, everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
