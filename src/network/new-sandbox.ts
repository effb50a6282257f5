import { existsSync } from 'node:fs';
import type { SandboxRecord } from '../store/records.ts';
import type { SandboxRequest } from './types.ts';

/** What a sandbox begins with. */
export function sandboxRecord(id: string, request: SandboxRequest): SandboxRecord {
  const { containerId, containerName, hostname, domainname, filesDir, dns, dnsSearch, dnsOptions, extraHosts } =
    request;
  return {
    id,
    containerId,
    containerName,
    hostname,
    domainname,
    portRequests: request.ports,
    ports: [],
    ...(request.exposed === undefined ? {} : { exposed: request.exposed }),
    naming: { filesDir, dns, dnsSearch, dnsOptions, extraHosts },
  };
}

/** Not where the kernel has no IPv6, nor where the container is to have none: then hosts names no ::1. */
export const hasIpv6Loopback = (sysctls: SandboxRequest['sysctls']): boolean =>
  existsSync('/proc/sys/net/ipv6') &&
  !['all', 'lo'].some((name) => Number(sysctls[`net.ipv6.conf.${name}.disable_ipv6`] ?? 0) !== 0);
