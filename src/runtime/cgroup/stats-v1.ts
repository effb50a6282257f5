import type { RuntimeStats } from '../types.ts';
import { type GroupStats, keyed, single, type Texts } from './stats.ts';

/** What is read, by controller: Documentation/admin-guide/cgroup-v1 of the kernel. */
export const v1Files = [
  ['cpuacct', 'cpuacct.usage'],
  ['cpuacct', 'cpuacct.usage_percpu'],
  ['cpuacct', 'cpuacct.stat'],
  ['cpu', 'cpu.stat'],
  ['memory', 'memory.usage_in_bytes'],
  ['memory', 'memory.max_usage_in_bytes'],
  ['memory', 'memory.limit_in_bytes'],
  ['memory', 'memory.stat'],
  ['pids', 'pids.current'],
  ['pids', 'pids.max'],
  ['blkio', 'blkio.throttle.io_service_bytes_recursive'],
] as const;

const nanosecondsPerTick = 10_000_000;

export function parseStatsV1(texts: Texts): GroupStats {
  const of = (file: (typeof v1Files)[number][1]): string => texts[file] ?? '';
  const ticks = keyed(of('cpuacct.stat'));
  const cpu = keyed(of('cpu.stat'));
  return {
    cpuTotalNs: single(of('cpuacct.usage')),
    cpuKernelNs: (ticks['system'] ?? 0) * nanosecondsPerTick,
    cpuUserNs: (ticks['user'] ?? 0) * nanosecondsPerTick,
    percpuNs: of('cpuacct.usage_percpu')
      .trim()
      .split(/\s+/)
      .filter((value) => value !== '')
      .map(Number),
    throttling: {
      periods: cpu['nr_periods'] ?? 0,
      throttledPeriods: cpu['nr_throttled'] ?? 0,
      throttledNs: cpu['throttled_time'] ?? 0,
    },
    memoryUsage: single(of('memory.usage_in_bytes')),
    memoryMaxUsage: single(of('memory.max_usage_in_bytes')),
    memoryLimit: of('memory.limit_in_bytes') === '' ? Number.POSITIVE_INFINITY : single(of('memory.limit_in_bytes')),
    memoryStats: keyed(of('memory.stat')),
    pids: single(of('pids.current')),
    pidsLimit: single(of('pids.max'), 0),
    blkio: of('blkio.throttle.io_service_bytes_recursive').split('\n').flatMap(blkioRow),
  };
}

/** "8:0 Read 4096"; the line "Total 4096" belongs to no device. */
function blkioRow(line: string): RuntimeStats['blkio'] {
  const match = /^(\d+):(\d+) (\w+) (\d+)$/.exec(line);
  if (match === null) return [];
  return [{ major: Number(match[1]), minor: Number(match[2]), op: match[3]!, value: Number(match[4]) }];
}
