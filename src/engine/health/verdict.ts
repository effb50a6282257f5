import type { HealthState } from '../../contract/index.ts';
import type { Check } from './check.ts';

export type Result = HealthState['Log'][number];

export const starting: HealthState = { Status: 'starting', FailingStreak: 0, Log: [] };

const keptResults = 5;

/** What a probe's result makes of a container's health. `startedMs`: when the container was started. */
export function judged(health: HealthState, result: Result, check: Check, startedMs: number): HealthState {
  const Log = [...health.Log, result].slice(-keptResults);
  if (result.ExitCode === 0) return { Status: 'healthy', FailingStreak: 0, Log };
  const young = Date.parse(result.Start) - startedMs < check.startPeriodMs;
  if (health.Status === 'starting' && young) return { ...health, Log };
  const FailingStreak = health.FailingStreak + 1;
  return { Status: FailingStreak >= check.retries ? 'unhealthy' : health.Status, FailingStreak, Log };
}

/** How long from now, or from the last probe's end, to the next. */
export function pauseMs(health: HealthState, check: Check, ranMs: number): number {
  return health.Status === 'starting' && ranMs < check.startPeriodMs ? check.startIntervalMs : check.intervalMs;
}
