import type { ContainerConfig, HostConfig } from '../../contract/index.ts';
import { checkCapabilities } from '../../runtime/index.ts';
import { securityOf } from '../run/security.ts';
import { checkDevices } from './check/devices.ts';
import { checkLimits } from './check/limits.ts';
import { checkModes } from './check/modes.ts';
import { checkExtraHosts, checkNetworkMode } from './check/network.ts';
import { checkProcess } from './check/process.ts';
import { refuse } from './check/refuse.ts';
import { checkRestartPolicy } from './check/restart-policy.ts';
import { checkLogging } from './log-options.ts';

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const runtimes = ['runc', 'crun', 'io.containerd.runc.v2'];

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
  checkModes(config, host);
  checkProcess(config);
  checkLogging(host.LogConfig);
  checkDevices(host);
  checkCapabilities({ add: host.CapAdd, drop: host.CapDrop });
  securityOf(host.SecurityOpt);
  checkExtraHosts(host.ExtraHosts);
  if (!runtimes.includes(host.Runtime)) refuse(`unknown or invalid runtime name: ${host.Runtime}`);
  if (host.ShmSize < 0) refuse('SHM size can not be less than 0');
  if (Math.abs(host.OomScoreAdj) > 1000)
    refuse(`Invalid value ${host.OomScoreAdj}, range for oom score adj is [-1000, 1000]`);
}
