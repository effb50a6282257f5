import { join } from 'node:path';
import { Cidr } from '../../base/index.ts';
import type { HostConfig } from '../../contract/index.ts';
import { deviceNumberAt, type Resources, type SpecInput, type SpecMount } from '../../runtime/index.ts';
import type { ContainerRecord } from '../container/record.ts';
import { securityOf } from './security.ts';

/** What only the start knows: the mounted root, the namespace, the user as numbers. */
export type Resolved = {
  readonly rootfs: string;
  readonly netns: string;
  readonly user: SpecInput['user'];
  readonly hostname: string;
  readonly mounts: readonly SpecMount[];
  readonly env: readonly string[];
  readonly cgroupParent: string;
  readonly pid: SpecInput['pid'];
  readonly ipc: SpecInput['ipc'];
  readonly cgroupns: SpecInput['cgroupns'];
};

const microsecondsPerPeriod = 100_000;

/** Pure: record and what was resolved in, everything that decides the OCI spec out. */
export function specInput(record: ContainerRecord, resolved: Resolved): SpecInput {
  const { config, hostConfig: host } = record;
  const security = securityOf(host.SecurityOpt);
  return {
    id: record.id,
    rootfs: resolved.rootfs,
    readonlyRootfs: host.ReadonlyRootfs,
    args: record.args,
    env: resolved.env,
    cwd: config.WorkingDir === '' ? '/' : config.WorkingDir,
    user: resolved.user,
    tty: config.Tty,
    ...(host.ConsoleSize[0] > 0 ? { consoleSize: { height: host.ConsoleSize[0], width: host.ConsoleSize[1] } } : {}),
    hostname: resolved.hostname,
    domainname: config.Domainname,
    mounts: resolved.mounts,
    netns: resolved.netns,
    pid: resolved.pid,
    ipc: resolved.ipc,
    uts: host.UTSMode === 'host' ? 'host' : 'private',
    cgroupns: resolved.cgroupns,
    privileged: host.Privileged,
    capAdd: host.CapAdd,
    capDrop: host.CapDrop,
    seccomp: security.seccomp,
    noNewPrivileges: security.noNewPrivileges,
    ...(host.MaskedPaths === null ? {} : { maskedPaths: host.MaskedPaths }),
    ...(host.ReadonlyPaths === null ? {} : { readonlyPaths: host.ReadonlyPaths }),
    devices: host.Devices.map((d) => ({
      hostPath: d.PathOnHost,
      containerPath: d.PathInContainer,
      permissions: d.CgroupPermissions,
    })),
    deviceRules: host.DeviceCgroupRules,
    sysctls: host.Sysctls,
    ulimits: host.Ulimits.map((u) => ({ name: u.Name, soft: u.Soft, hard: u.Hard })),
    shmBytes: host.ShmSize,
    init: host.Init ?? false,
    oomScoreAdj: host.OomScoreAdj,
    resources: resourcesOf(host),
    cgroupPath: join('/', host.CgroupParent || resolved.cgroupParent, record.id),
    labels: config.Labels,
  };
}

/** Limits in the kernel's units: `--cpus` becomes a quota of a period of 100 ms. */
export function resourcesOf(host: HostConfig): Resources {
  const quota = host.NanoCpus > 0 ? Math.round((host.NanoCpus / 1e9) * microsecondsPerPeriod) : host.CpuQuota;
  return {
    memoryBytes: host.Memory,
    memorySwapBytes: host.MemorySwap,
    memoryReservationBytes: host.MemoryReservation,
    cpuShares: host.CpuShares,
    cpuQuotaUs: quota,
    cpuPeriodUs: host.NanoCpus > 0 ? microsecondsPerPeriod : host.CpuPeriod,
    cpusetCpus: host.CpusetCpus,
    cpusetMems: host.CpusetMems,
    pidsLimit: Math.max(host.PidsLimit ?? 0, -1),
    blkioWeight: host.BlkioWeight,
    oomKillDisable: host.OomKillDisable ?? false,
    ...((host.MemorySwappiness ?? -1) >= 0 ? { memorySwappiness: host.MemorySwappiness! } : {}),
    cpuRealtimePeriodUs: host.CpuRealtimePeriod,
    cpuRealtimeRuntimeUs: host.CpuRealtimeRuntime,
    blkioWeightDevices: host.BlkioWeightDevice.map(({ Path, Weight }) => ({ ...deviceNumberAt(Path), weight: Weight })),
    throttles: {
      readBps: host.BlkioDeviceReadBps.map(deviceRate),
      writeBps: host.BlkioDeviceWriteBps.map(deviceRate),
      readIops: host.BlkioDeviceReadIOps.map(deviceRate),
      writeIops: host.BlkioDeviceWriteIOps.map(deviceRate),
    },
  };
}

const deviceRate = ({ Path, Rate }: HostConfig['BlkioDeviceReadBps'][number]) => ({
  ...deviceNumberAt(Path),
  rate: Rate,
});

/** Address without prefix of a lease, or "". */
export const bareAddress = (cidr: string | undefined): string => (cidr === undefined ? '' : cidr.split('/', 1)[0]!);
/** Prefix length of a lease, or 0. */
export const prefixOf = (cidr: string | undefined): number => (cidr === undefined ? 0 : Cidr.parse(cidr).prefix);
