import { join } from 'node:path';

/** What one conmon looks after. */
export type ConmonJob = {
  readonly id: string;
  /** Holds its sockets and fifos, the pid and exit files; its working folder. */
  readonly folder: string;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly leaveStdinOpen: boolean;
  readonly logPath?: string;
  /** At this many bytes the log begins anew; 0: never. */
  readonly logMaxBytes?: number;
  /** Set for a process that joins a running container: its OCI process, as JSON in a file. */
  readonly execProcess?: string;
};

export type ConmonTools = {
  readonly conmonPath: string;
  readonly runtimePath: string;
  readonly runtimeRoot: string;
  /** Every container's exit code appears here as a file of its name. */
  readonly exitFolder: string;
};

/** Names in a job's folder: those of conmon, and `conmonPid`, which is ours. */
export const conmonFiles = {
  attach: 'attach',
  control: 'ctl',
  window: 'winsz',
  pid: 'pid',
  conmonPid: 'conmon.pid',
  exit: 'exit',
  oom: 'oom',
} as const;

/** conmon's arguments, its own name first. */
export function conmonArgs(job: ConmonJob, tools: ConmonTools): string[] {
  const flag = (name: string, on: boolean): string[] => (on ? [name] : []);
  return [
    'conmon',
    ...['--api-version', '1', '--sync', '--no-sync-log', '--full-attach'],
    ...['-c', job.id, '-u', job.id, '-n', job.id.slice(0, 12)],
    ...['-r', tools.runtimePath, '-b', job.folder, '-p', join(job.folder, conmonFiles.pid)],
    ...['-l', job.logPath === undefined ? 'none' : `k8s-file:${job.logPath}`],
    ...(job.logMaxBytes ? ['--log-size-max', String(job.logMaxBytes)] : []),
    ...['--runtime-arg', '--root', '--runtime-arg', tools.runtimeRoot],
    ...['--runtime-arg', '--log', '--runtime-arg', '/dev/null'],
    ...(job.execProcess === undefined
      ? ['--exit-dir', tools.exitFolder, '--persist-dir', job.folder]
      : ['--exec', '--exec-attach', '--exec-process-spec', job.execProcess]),
    ...flag('-t', job.tty),
    ...flag('-i', job.stdin),
    ...flag('--leave-stdin-open', job.leaveStdinOpen),
  ];
}

/** Reads back from a running conmon's arguments whether it closes the container's stdin when a client hangs up. */
export const closesStdin = (args: readonly string[]): boolean =>
  args.includes('-i') && !args.includes('--leave-stdin-open');
