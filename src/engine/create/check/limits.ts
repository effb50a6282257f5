import { availableParallelism } from 'node:os';
import type { HostConfig } from '../../../contract/index.ts';
import { checkCpuset } from './cpuset.ts';
import { refuse } from './refuse.ts';

const minimumMemory = 6 * 1024 * 1024;

export type Limits = Pick<
  HostConfig,
  | 'Memory'
  | 'MemorySwap'
  | 'MemoryReservation'
  | 'MemorySwappiness'
  | 'NanoCpus'
  | 'CpuQuota'
  | 'CpuPeriod'
  | 'CpuShares'
  | 'CpusetCpus'
  | 'CpusetMems'
  | 'BlkioWeight'
  | 'BlkioWeightDevice'
>;

/** Limits of create and update. Throws invalid with Docker's texts. */
export function checkLimits(limits: Limits): void {
  checkMemory(limits);
  checkCpu(limits);
  checkCpuset('cpus', limits.CpusetCpus);
  checkCpuset('mems', limits.CpusetMems);
  for (const weight of [limits.BlkioWeight, ...limits.BlkioWeightDevice.map(({ Weight }) => Weight)]) {
    if (weight !== 0 && (weight < 10 || weight > 1000)) refuse('Range of blkio weight is from 10 to 1000');
  }
}

function checkMemory({ Memory, MemorySwap, MemoryReservation, MemorySwappiness }: Limits): void {
  if (Memory !== 0 && Memory < minimumMemory) refuse('Minimum memory limit allowed is 6MB');
  if (Memory > 0 && MemorySwap > 0 && MemorySwap < Memory) {
    refuse('Minimum memoryswap limit should be larger than memory limit, see usage');
  }
  if (Memory === 0 && MemorySwap > 0)
    refuse('You should always set the Memory limit when using Memoryswap limit, see usage');
  const swappiness = MemorySwappiness ?? -1;
  if (swappiness < -1 || swappiness > 100)
    refuse(`Invalid value: ${swappiness}, valid memory swappiness range is 0-100`);
  if (MemoryReservation > 0 && MemoryReservation < minimumMemory) refuse('Minimum memory reservation allowed is 6MB');
  if (Memory > 0 && MemoryReservation > Memory)
    refuse('Minimum memory limit can not be less than memory reservation limit, see usage');
}

function checkCpu({ NanoCpus, CpuQuota, CpuPeriod, CpuShares }: Limits): void {
  const cpus = availableParallelism();
  if (NanoCpus > 0 && CpuPeriod > 0) refuse('Conflicting options: Nano CPUs and CPU Period cannot both be set');
  if (NanoCpus > 0 && CpuQuota > 0) refuse('Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  if (NanoCpus < 0 || NanoCpus > cpus * 1e9) {
    refuse(`range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`);
  }
  if (CpuPeriod !== 0 && (CpuPeriod < 1000 || CpuPeriod > 1_000_000))
    refuse('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  if (CpuQuota > 0 && CpuQuota < 1000) refuse('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  if (CpuShares < 0) refuse(`invalid CPU shares (${CpuShares}): value must be a positive integer`);
}
