import type { ContainerConfig, Healthcheck } from '../../../contract/index.ts';
import { signalNumber } from '../../../runtime/index.ts';
import { refuse } from './refuse.ts';

/** What is to run, and how it is stopped. Throws invalid with Docker's texts. */
export function checkProcess(config: ContainerConfig): void {
  if (config.WorkingDir !== '' && !config.WorkingDir.startsWith('/')) {
    refuse(`the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`);
  }
  for (const entry of config.Env)
    if (entry === '' || entry.startsWith('=')) refuse(`invalid environment variable: ${entry}`);
  if (config.StopSignal !== '') signalNumber(config.StopSignal);
  if ((config.StopTimeout ?? 0) < -1)
    refuse(`stop timeout ${config.StopTimeout} is out of range: want -1 or more seconds`);
  if (config.Healthcheck !== null) checkHealthcheck(config.Healthcheck);
}

const nsPerMs = 1_000_000;
const durations = ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const;

function checkHealthcheck(health: Healthcheck): void {
  for (const name of durations)
    if (health[name] !== 0 && health[name] < nsPerMs) refuse(`${name} in Healthcheck cannot be less than 1ms`);
  if (health.Retries < 0) refuse('Retries in Healthcheck cannot be negative');
}
