import type { ContainerState } from '../container/record.ts';

const steps: readonly (readonly [seconds: number, text: (seconds: number) => string])[] = [
  [1, () => 'Less than a second'],
  [2, () => '1 second'],
  [60, (s) => `${Math.floor(s)} seconds`],
  [120, () => 'About a minute'],
  [3600, (s) => `${Math.floor(s / 60)} minutes`],
  [5400, () => 'About an hour'],
  [48 * 3600, (s) => `${Math.round(s / 3600)} hours`],
  [14 * 86400, (s) => `${Math.floor(s / 86400)} days`],
  [60 * 86400, (s) => `${Math.floor(s / 604800)} weeks`],
  [2 * 365 * 86400, (s) => `${Math.floor(s / 2592000)} months`],
];

/** A span of time in the words of `docker ps`. */
export function humanDuration(seconds: number): string {
  const step = steps.find(([below]) => seconds < below);
  return step === undefined ? `${Math.floor(seconds / (365 * 86400))} years` : step[1](seconds);
}

const healthText = ({ health }: ContainerState): string => {
  if (health === undefined) return '';
  return health.Status === 'starting' ? ' (health: starting)' : ` (${health.Status})`;
};

/** The STATUS column of ps: "Up 2 minutes (healthy)", "Up 2 minutes (Paused)", "Exited (0) 5 seconds ago", "Created". */
export function statusText(state: ContainerState, now: Date): string {
  const since = (time: string): string => humanDuration((now.getTime() - Date.parse(time)) / 1000);
  switch (state.status) {
    case 'running':
      return `Up ${since(state.startedAt)}${healthText(state)}`;
    case 'paused':
      return `Up ${since(state.startedAt)} (Paused)`;
    case 'restarting':
      return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`;
    case 'exited':
      return `Exited (${state.exitCode}) ${since(state.finishedAt)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'created':
      return 'Created';
  }
}
