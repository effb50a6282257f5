import type { ContainerConfig, HostConfig } from '../../../contract/index.ts';
import { refuse } from './refuse.ts';

/** Which of the host's or another container's namespaces are shared. Throws invalid with Docker's texts. */
export function checkModes(config: ContainerConfig, host: HostConfig): void {
  const other = (mode: string): boolean => /^container:.+/.test(mode);
  if (!['', 'host'].includes(host.PidMode) && !other(host.PidMode)) refuse(`invalid PID mode: ${host.PidMode}`);
  if (!['', 'none', 'private', 'shareable', 'host'].includes(host.IpcMode) && !other(host.IpcMode))
    refuse(`invalid IPC mode: ${host.IpcMode}`);
  if (!['', 'host'].includes(host.UTSMode)) refuse(`invalid UTS mode: ${host.UTSMode}`);
  if (host.UTSMode === 'host' && config.Hostname !== '') refuse('conflicting options: hostname and the UTS mode');
  if (!['', 'private', 'host'].includes(host.CgroupnsMode))
    refuse(`invalid cgroup namespace mode: ${host.CgroupnsMode}`);
  if (!['', 'host'].includes(host.UsernsMode)) refuse(`invalid user namespace mode: ${host.UsernsMode}`);
  if (!['', 'default'].includes(host.Isolation))
    refuse(`invalid isolation (${host.Isolation}): linux only supports 'default'`);
}
