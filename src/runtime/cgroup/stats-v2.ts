import type { RuntimeStats } from '../types.ts';
import { type GroupStats, keyed, single, type Texts } from './stats.ts';

/** What is read: Documentation/admin-guide/cgroup-v2.rst of the kernel. The controller is of no matter here. */
export const v2Files = [
  ['cpu', 'cpu.stat'],
  ['memory', 'memory.current'],
  ['memory', 'memory.max'],
  ['memory', 'memory.stat'],
  ['pids', 'pids.current'],
  ['pids', 'pids.max'],
  ['blkio', 'io.stat'],
] as const;

const nanosecondsPerMicrosecond = 1000;

export function parseStatsV2(texts: Texts): GroupStats {
  const of = (file: (typeof v2Files)[number][1]): string => texts[file] ?? '';
  const cpu = keyed(of('cpu.stat'));
  const nanoseconds = (name: string): number => (cpu[name] ?? 0) * nanosecondsPerMicrosecond;
  return {
    cpuTotalNs: nanoseconds('usage_usec'),
    cpuKernelNs: nanoseconds('system_usec'),
    cpuUserNs: nanoseconds('user_usec'),
    percpuNs: [],
    throttling: {
      periods: cpu['nr_periods'] ?? 0,
      throttledPeriods: cpu['nr_throttled'] ?? 0,
      throttledNs: nanoseconds('throttled_usec'),
    },
    memoryUsage: single(of('memory.current')),
    memoryMaxUsage: 0,
    memoryLimit: of('memory.max') === '' ? Number.POSITIVE_INFINITY : single(of('memory.max')),
    memoryStats: keyed(of('memory.stat')),
    pids: single(of('pids.current')),
    pidsLimit: single(of('pids.max'), 0),
    blkio: of('io.stat').split('\n').flatMap(ioRow),
  };
}

const operations = { rbytes: 'read', wbytes: 'write' } as const;

/** "8:0 rbytes=4096 wbytes=0 rios=1 …" */
function ioRow(line: string): RuntimeStats['blkio'] {
  const [device = '', ...pairs] = line.split(' ');
  const match = /^(\d+):(\d+)$/.exec(device);
  if (match === null) return [];
  return Object.entries(operations).map(([key, op]) => {
    const value = pairs.find((pair) => pair.startsWith(`${key}=`))?.slice(key.length + 1) ?? '0';
    return { major: Number(match[1]), minor: Number(match[2]), op, value: Number(value) };
  });
}
