import { availableParallelism } from 'node:os';
import { AppError } from '../../base/index.ts';
import type { ContainerConfig, HostConfig } from '../../contract/index.ts';
import { signalNumber } from '../../runtime/index.ts';
import { networkMode } from '../run/network.ts';

const minimumMemory = 6 * 1024 * 1024;
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const policies = ['no', 'always', 'on-failure', 'unless-stopped'];
const logDrivers = ['json-file', 'local', 'none'];

const refuse = (message: string): never => {
  throw new AppError('invalid', message);
};

/** Without slash. Throws invalid with Docker's text. */
export function checkName(name: string): string {
  const bare = name.replace(/^\//, '');
  if (!namePattern.test(bare)) {
    refuse(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  }
  return bare;
}

/** Everything that can be refused before anything is made. */
export function checkCreate(config: ContainerConfig, host: HostConfig): void {
  checkLimits(host);
  checkRestartPolicy(host);
  checkNetworkMode(config, host);
  if (config.WorkingDir !== '' && !config.WorkingDir.startsWith('/')) {
    refuse(`the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`);
  }
  if (config.StopSignal !== '') signalNumber(config.StopSignal);
  if ((config.StopTimeout ?? 0) < -1)
    refuse(`stop timeout ${config.StopTimeout} is out of range: want -1 or more seconds`);
  if (!logDrivers.includes(host.LogConfig.Type))
    refuse(`logger: no log driver named '${host.LogConfig.Type}' is registered`);
  if (!['runc', 'crun', 'io.containerd.runc.v2'].includes(host.Runtime))
    refuse(`unknown or invalid runtime name: ${host.Runtime}`);
  checkExtraHosts(host.ExtraHosts);
}

export function checkLimits(
  host: Pick<
    HostConfig,
    | 'Memory'
    | 'MemorySwap'
    | 'MemoryReservation'
    | 'NanoCpus'
    | 'CpuQuota'
    | 'CpuPeriod'
    | 'CpuShares'
    | 'PidsLimit'
    | 'BlkioWeight'
  >,
): void {
  const { Memory, MemorySwap, MemoryReservation, NanoCpus, CpuQuota, CpuPeriod } = host;
  const cpus = availableParallelism();
  if (Memory !== 0 && Memory < minimumMemory) refuse('Minimum memory limit allowed is 6MB');
  if (Memory > 0 && MemorySwap > 0 && MemorySwap < Memory) {
    refuse('Minimum memoryswap limit should be larger than memory limit, see usage');
  }
  if (Memory === 0 && MemorySwap > 0)
    refuse('You should always set the Memory limit when using Memoryswap limit, see usage');
  if (Memory > 0 && MemoryReservation > Memory)
    refuse('Minimum memory limit can not be less than memory reservation limit, see usage');
  if (NanoCpus > 0 && (CpuQuota !== 0 || CpuPeriod !== 0)) {
    refuse('Conflicting options: Nano CPUs and CPU Quota or Period cannot both be set.');
  }
  if (NanoCpus < 0 || NanoCpus > cpus * 1e9) {
    refuse(`Range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`);
  }
  if (CpuPeriod !== 0 && (CpuPeriod < 1000 || CpuPeriod > 1_000_000))
    refuse('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  if (CpuQuota > 0 && CpuQuota < 1000) refuse('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  if (host.BlkioWeight !== 0 && (host.BlkioWeight < 10 || host.BlkioWeight > 1000))
    refuse('Range of blkio weight is from 10 to 1000');
}

function checkRestartPolicy({ RestartPolicy: policy, AutoRemove }: HostConfig): void {
  if (!policies.includes(policy.Name)) {
    refuse(`invalid restart policy: unknown policy '${policy.Name}'; use one of '${policies.join("', '")}'`);
  }
  if (policy.MaximumRetryCount < 0) refuse('invalid restart policy: maximum retry count cannot be negative');
  if (policy.MaximumRetryCount > 0 && policy.Name !== 'on-failure') {
    refuse(`invalid restart policy: maximum retry count can only be used with 'on-failure'`);
  }
  if (AutoRemove && policy.Name !== 'no') refuse("can't create 'AutoRemove' container with restart policy");
}

/** What cannot be had together with the host's or another container's network. */
function checkNetworkMode(config: ContainerConfig, host: HostConfig): void {
  const mode = networkMode(host.NetworkMode);
  if (mode.kind === 'own') return;
  if (mode.kind === 'host') {
    if (host.Links.length > 0)
      refuse(
        "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
      );
    return;
  }
  if (mode.ref === '') refuse('invalid network mode: invalid container format container:<name|id>');
  const conflicts: readonly (readonly [boolean, string])[] = [
    [config.Hostname !== '', 'hostname and the network mode'],
    [host.Links.length > 0, "container type network can't be used with links. This would result in undefined behavior"],
    [host.Dns.length > 0, 'dns and the network mode'],
    [host.ExtraHosts.length > 0, 'custom host-to-IP mapping and the network mode'],
    [config.MacAddress !== '', 'mac-address and the network mode'],
    [
      Object.keys(host.PortBindings).length > 0 || host.PublishAllPorts,
      'port publishing and the container type network mode',
    ],
    [Object.keys(config.ExposedPorts).length > 0, 'port exposing and the container type network mode'],
  ];
  for (const [found, text] of conflicts) if (found) refuse(`conflicting options: ${text}`);
}

function checkExtraHosts(entries: readonly string[]): void {
  for (const entry of entries) {
    const at = entry.search(/[:=]/);
    if (at <= 0) refuse(`bad format for add-host: "${entry}"`);
  }
}
