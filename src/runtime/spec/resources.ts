import type { Resources } from '../types.ts';
import { blockIoOf } from './block-io.ts';
import type { OciResources } from './oci.ts';

/** What the kernel's control groups here can do. */
export type CgroupAbilities = { readonly version: '1' | '2'; readonly swap: boolean; readonly blkioWeight: boolean };

/** Limits of zero are left out: the kernel's own default stands. Memory without swap limit gets as much swap again. */
export function resourcesOf(limits: Resources, abilities: CgroupAbilities): OciResources {
  const memory = memoryOf(limits, abilities);
  const cpu = cpuOf(limits);
  const blockIO = blockIoOf(limits, abilities.blkioWeight);
  return {
    ...(isEmpty(memory) ? {} : { memory }),
    ...(isEmpty(cpu) ? {} : { cpu }),
    ...(limits.pidsLimit !== 0 ? { pids: { limit: limits.pidsLimit } } : {}),
    ...(blockIO === undefined ? {} : { blockIO }),
  };
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

function memoryOf(limits: Resources, { version, swap }: CgroupAbilities): NonNullable<OciResources['memory']> {
  const { memoryBytes, memorySwapBytes, memoryReservationBytes } = limits;
  const swapBytes = memorySwapBytes === 0 ? memoryBytes * 2 : memorySwapBytes;
  return {
    ...(memoryBytes > 0 ? { limit: memoryBytes } : {}),
    ...(memoryReservationBytes > 0 ? { reservation: memoryReservationBytes } : {}),
    ...(swap && swapBytes !== 0 ? { swap: swapBytes } : {}),
    ...(limits.memorySwappiness !== undefined && version === '1' ? { swappiness: limits.memorySwappiness } : {}),
    ...(limits.oomKillDisable && version === '1' ? { disableOOMKiller: true } : {}),
  };
}

function cpuOf(limits: Resources): NonNullable<OciResources['cpu']> {
  return {
    ...(limits.cpuShares > 0 ? { shares: limits.cpuShares } : {}),
    ...(limits.cpuQuotaUs === 0 ? {} : { quota: limits.cpuQuotaUs }),
    ...(limits.cpuPeriodUs > 0 ? { period: limits.cpuPeriodUs } : {}),
    ...(limits.cpuRealtimePeriodUs ? { realtimePeriod: limits.cpuRealtimePeriodUs } : {}),
    ...(limits.cpuRealtimeRuntimeUs ? { realtimeRuntime: limits.cpuRealtimeRuntimeUs } : {}),
    ...(limits.cpusetCpus === '' ? {} : { cpus: limits.cpusetCpus }),
    ...(limits.cpusetMems === '' ? {} : { mems: limits.cpusetMems }),
  };
}
