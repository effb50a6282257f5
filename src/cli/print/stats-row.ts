import { shortId } from '../../base/index.ts';
import type { ContainerStats } from '../../contract/index.ts';
import { binarySize, decimalSize } from './human.ts';
import type { Row } from './listing.ts';

export const statsHeadings = {
  Container: 'CONTAINER',
  ID: 'CONTAINER ID',
  Name: 'NAME',
  CPUPerc: 'CPU %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET I/O',
  BlockIO: 'BLOCK I/O',
  PIDs: 'PIDS',
} as const;

/** Before the first sample, and for a container that gives none. */
export const blankStatsRow = (container: string): Row => ({
  Container: container,
  ID: container,
  Name: '--',
  CPUPerc: '--',
  MemUsage: '-- / --',
  MemPerc: '--',
  NetIO: '--',
  BlockIO: '--',
  PIDs: '--',
});

/** One container's use of the machine, with the field names of docker's own. */
export function statsRow(container: string, sample: ContainerStats, noTrunc: boolean): Row {
  const limit = sample.memory_stats.limit ?? 0;
  const used = memoryUsed(sample.memory_stats);
  const interfaces = Object.values(sample.networks ?? {});
  const received = interfaces.reduce((sum, one) => sum + one.rx_bytes, 0);
  const sent = interfaces.reduce((sum, one) => sum + one.tx_bytes, 0);
  const { read, written } = blockBytes(sample);
  return {
    Container: container,
    ID: noTrunc ? sample.id : shortId(sample.id),
    Name: sample.name.replace(/^\//, ''),
    CPUPerc: percent(cpuShare(sample)),
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    MemPerc: percent(limit === 0 ? 0 : (used / limit) * 100),
    NetIO: `${decimalSize(received, 3)} / ${decimalSize(sent, 3)}`,
    BlockIO: `${decimalSize(read, 3)} / ${decimalSize(written, 3)}`,
    PIDs: String(sample.pids_stats.current ?? 0),
  };
}

const percent = (value: number): string => `${value.toFixed(2)}%`;

/** The share of one CPU used between the two readings: 200 % is two CPUs busy. */
function cpuShare({ cpu_stats: now, precpu_stats: before }: ContainerStats): number {
  const used = now.cpu_usage.total_usage - (before?.cpu_usage?.total_usage ?? 0);
  const passed = (now.system_cpu_usage ?? 0) - (before?.system_cpu_usage ?? 0);
  const cpus = now.online_cpus ?? now.cpu_usage.percpu_usage?.length ?? 1;
  return used > 0 && passed > 0 ? (used / passed) * cpus * 100 : 0;
}

/** Page cache that the kernel could take back at once is no use of memory (cgroup v1: total_inactive_file, v2: inactive_file). */
function memoryUsed({ usage = 0, stats = {} }: ContainerStats['memory_stats']): number {
  const cache = stats['total_inactive_file'] ?? stats['inactive_file'] ?? 0;
  return cache < usage ? usage - cache : usage;
}

function blockBytes({ blkio_stats }: ContainerStats): { readonly read: number; readonly written: number } {
  let [read, written] = [0, 0];
  for (const { op, value } of blkio_stats?.io_service_bytes_recursive ?? []) {
    if (/^r/i.test(op)) read += value;
    else if (/^w/i.test(op)) written += value;
  }
  return { read, written };
}
