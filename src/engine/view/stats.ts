import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, hasCode } from '../../base/index.ts';
import type { ContainerStats, CpuStats, InterfaceStats } from '../../contract/index.ts';
import type { RuntimeStats } from '../../runtime/index.ts';
import type { Container } from '../container/container.ts';
import { never } from '../container/record.ts';
import type { Parts } from '../parts.ts';

const noCpu: CpuStats = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};
const noBlkio = {
  io_service_bytes_recursive: null,
  io_serviced_recursive: null,
  io_queue_recursive: null,
  io_service_time_recursive: null,
  io_wait_time_recursive: null,
  io_merged_recursive: null,
  io_time_recursive: null,
  sectors_recursive: null,
};

/** GET /containers/{id}/stats: one sample a second. Without stream one sample, after a first one to compare with. */
export async function* statsOf(
  parts: Parts,
  container: Container,
  options: { readonly stream: boolean; readonly oneShot: boolean },
  signal: AbortSignal,
): AsyncGenerator<ContainerStats> {
  let previous = options.stream || options.oneShot ? undefined : await sample(parts, container);
  if (previous !== undefined) await sleep(1000, undefined, { signal });
  while (!signal.aborted) {
    const current = await sample(parts, container);
    yield view(container, current, previous);
    if (!options.stream) return;
    previous = current;
    await sleep(1000, undefined, { signal }).catch(() => {});
    if (parts.containers.byId(container.id) === undefined) return;
  }
}

type Sample = { readonly runtime: RuntimeStats; readonly networks: Record<string, InterfaceStats> | undefined };

/** undefined when it does not run: shown as zeros. */
async function sample(parts: Parts, container: Container): Promise<Sample | undefined> {
  if (!container.running) return undefined;
  try {
    const [runtime, networks] = await Promise.all([parts.runtime.stats(container.id), interfaces(container)]);
    return { runtime, networks };
  } catch (error) {
    // It ended while we looked, which its record may not say yet.
    if (!container.running || isGone(error)) return undefined;
    throw error;
  }
}

/** The kernel's answers for a process that is gone, that is no thread's any more, or that waits to be reaped. */
const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ESRCH', 'EINVAL'].some((code) => hasCode(error, code)) ||
  (error instanceof AppError && error.kind === 'conflict');

/**
 * /proc/PID/net/dev, proc(5): counters of every interface of the process's namespace but loopback. Those of the host are
 * not the container's.
 */
async function interfaces({ record, state }: Container): Promise<Sample['networks']> {
  if (record.hostConfig.NetworkMode === 'host') return undefined;
  const text = await readFile(`/proc/${state.pid}/net/dev`, 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.trim().split(/[\s:]+/));
  return Object.fromEntries(
    rows.filter(([name]) => name !== 'lo').map(([name, ...counters]) => [name!, interfaceStats(counters.map(Number))]),
  );
}

const interfaceStats = (c: readonly number[]): InterfaceStats => ({
  rx_bytes: c[0] ?? 0,
  rx_packets: c[1] ?? 0,
  rx_errors: c[2] ?? 0,
  rx_dropped: c[3] ?? 0,
  tx_bytes: c[8] ?? 0,
  tx_packets: c[9] ?? 0,
  tx_errors: c[10] ?? 0,
  tx_dropped: c[11] ?? 0,
});

function view(container: Container, current: Sample | undefined, previous: Sample | undefined): ContainerStats {
  const head = { name: `/${container.record.name}`, id: container.id, num_procs: 0, storage_stats: {} };
  if (current === undefined) {
    const idle = { pids_stats: {}, blkio_stats: noBlkio, cpu_stats: noCpu, precpu_stats: noCpu, memory_stats: {} };
    return { ...head, ...idle, read: never, preread: never };
  }
  const { runtime } = current;
  const entries = runtime.blkio.map(({ major, minor, op, value }) => ({ major, minor, op, value }));
  return {
    ...head,
    read: runtime.at.toISOString(),
    preread: previous?.runtime.at.toISOString() ?? never,
    pids_stats: { current: runtime.pids, ...(runtime.pidsLimit > 0 ? { limit: runtime.pidsLimit } : {}) },
    blkio_stats: { ...noBlkio, io_service_bytes_recursive: entries },
    cpu_stats: cpu(runtime),
    precpu_stats: previous === undefined ? noCpu : cpu(previous.runtime),
    memory_stats: {
      usage: runtime.memoryUsage,
      ...(runtime.memoryMaxUsage > 0 ? { max_usage: runtime.memoryMaxUsage } : {}),
      stats: runtime.memoryStats,
      limit: runtime.memoryLimit,
    },
    ...(current.networks === undefined ? {} : { networks: current.networks }),
  };
}

const cpu = (stats: RuntimeStats): CpuStats => ({
  cpu_usage: {
    total_usage: stats.cpuTotalNs,
    ...(stats.percpuNs.length > 0 ? { percpu_usage: stats.percpuNs } : {}),
    usage_in_kernelmode: stats.cpuKernelNs,
    usage_in_usermode: stats.cpuUserNs,
  },
  system_cpu_usage: stats.systemCpuNs,
  online_cpus: stats.onlineCpus,
  throttling_data: {
    periods: stats.throttling.periods,
    throttled_periods: stats.throttling.throttledPeriods,
    throttled_time: stats.throttling.throttledNs,
  },
});
