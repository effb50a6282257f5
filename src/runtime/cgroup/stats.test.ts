import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemCpuNs } from './stats.ts';
import { parseStatsV1 } from './stats-v1.ts';
import { parseStatsV2 } from './stats-v2.ts';

test('parseStatsV1: the files of version 1 in Docker’s units', () => {
  const stats = parseStatsV1({
    'cpuacct.usage': '283410112\n',
    'cpuacct.usage_percpu': '107039383 176370729 \n',
    'cpuacct.stat': 'user 19\nsystem 8\n',
    'cpu.stat': 'nr_periods 5\nnr_throttled 2\nthrottled_time 700\n',
    'memory.usage_in_bytes': '573440\n',
    'memory.max_usage_in_bytes': '3702784\n',
    'memory.limit_in_bytes': '16777216\n',
    'memory.stat': 'cache 4096\ntotal_inactive_file 0\n',
    'pids.current': '3\n',
    'pids.max': 'max\n',
    'blkio.throttle.io_service_bytes_recursive': '8:0 Read 4096\n8:0 Write 0\nTotal 4096\n',
  });
  assert.deepEqual(stats, {
    cpuTotalNs: 283410112,
    cpuKernelNs: 80_000_000,
    cpuUserNs: 190_000_000,
    percpuNs: [107039383, 176370729],
    throttling: { periods: 5, throttledPeriods: 2, throttledNs: 700 },
    memoryUsage: 573440,
    memoryMaxUsage: 3702784,
    memoryLimit: 16777216,
    memoryStats: { cache: 4096, total_inactive_file: 0 },
    pids: 3,
    pidsLimit: 0,
    blkio: [
      { major: 8, minor: 0, op: 'Read', value: 4096 },
      { major: 8, minor: 0, op: 'Write', value: 0 },
    ],
  });
});

test('parseStatsV2: the files of version 2 in Docker’s units', () => {
  const stats = parseStatsV2({
    'cpu.stat': 'usage_usec 283\nuser_usec 190\nsystem_usec 93\nnr_periods 5\nnr_throttled 2\nthrottled_usec 7\n',
    'memory.current': '573440\n',
    'memory.max': 'max\n',
    'memory.stat': 'anon 4096\ninactive_file 0\n',
    'pids.current': '3\n',
    'pids.max': '50\n',
    'io.stat': '8:0 rbytes=4096 wbytes=512 rios=1 wios=1 dbytes=0 dios=0\n',
  });
  assert.deepEqual(stats, {
    cpuTotalNs: 283_000,
    cpuKernelNs: 93_000,
    cpuUserNs: 190_000,
    percpuNs: [],
    throttling: { periods: 5, throttledPeriods: 2, throttledNs: 7_000 },
    memoryUsage: 573440,
    memoryMaxUsage: 0,
    memoryLimit: Number.POSITIVE_INFINITY,
    memoryStats: { anon: 4096, inactive_file: 0 },
    pids: 3,
    pidsLimit: 50,
    blkio: [
      { major: 8, minor: 0, op: 'read', value: 4096 },
      { major: 8, minor: 0, op: 'write', value: 512 },
    ],
  });
});

test('parseStatsV1 and parseStatsV2: a controller the machine lacks counts nothing', () => {
  for (const stats of [parseStatsV1({}), parseStatsV2({})]) {
    assert.deepEqual([stats.cpuTotalNs, stats.memoryUsage, stats.pids, stats.blkio], [0, 0, 0, []]);
    assert.equal(stats.memoryLimit, Number.POSITIVE_INFINITY);
  }
});

test('systemCpuNs: the first seven columns, in ticks of 10 ms', () => {
  assert.equal(systemCpuNs('cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 1 1\n'), 280_000_000);
});
