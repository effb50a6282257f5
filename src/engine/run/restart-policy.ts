/** HostConfig.RestartPolicy, API 1.24 and later. */
export type RestartPolicy = { readonly Name: string; readonly MaximumRetryCount: number };

export type RestartFacts = {
  readonly exitCode: number;
  /** stop, kill or restart was asked for since the last start. */
  readonly stoppedByUser: boolean;
  /** How often the policy has restarted it in a row. */
  readonly restartCount: number;
};

/** Whether a container that ended by itself (or was found ended at start-up) is started again. */
export function shouldRestart(policy: RestartPolicy, facts: RestartFacts): boolean {
  if (facts.stoppedByUser) return false;
  switch (policy.Name) {
    case 'always':
    case 'unless-stopped':
      return true;
    case 'on-failure':
      return facts.exitCode !== 0 && (policy.MaximumRetryCount === 0 || facts.restartCount < policy.MaximumRetryCount);
    default:
      return false;
  }
}

/**
 * Whether a container that stands still is started along with the engine, as Docker does: `always` also one that was
 * stopped by hand, `unless-stopped` one whose last start failed.
 */
export function startsWithEngine(policy: RestartPolicy, stoppedByUser: boolean): boolean {
  return policy.Name === 'always' || (policy.Name === 'unless-stopped' && !stoppedByUser);
}

const firstDelayMs = 100;
const longestDelayMs = 60_000;
/** A container that ran this long is healthy: the next failure waits the shortest time again. */
const healthyMs = 10_000;

/** Milliseconds to wait before the next restart: doubles with every quick death, as Docker's does. */
export function nextDelayMs(previousMs: number, ranMs: number): number {
  if (previousMs === 0 || ranMs >= healthyMs) return firstDelayMs;
  return Math.min(previousMs * 2, longestDelayMs);
}
