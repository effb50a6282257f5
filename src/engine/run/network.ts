import { AppError } from '../../base/index.ts';
import type { SandboxRequest } from '../../network/index.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import { checkLinked } from '../create/links.ts';
import type { Parts } from '../parts.ts';
import { wantedPorts } from './ports.ts';

export type Joined = {
  /** Path of the namespace, or "host". */
  readonly netns: string;
  readonly hostname: string;
  /** Whose hosts, hostname and resolv.conf are bound into the container. */
  readonly filesOf: string;
};

export type NetworkMode =
  | { readonly kind: 'host' }
  | { readonly kind: 'container'; readonly ref: string }
  | { readonly kind: 'own'; readonly network: string };

/** HostConfig.NetworkMode: "default" is the default bridge. */
export function networkMode(mode: string): NetworkMode {
  if (mode === 'host') return { kind: 'host' };
  if (mode.startsWith('container:')) return { kind: 'container', ref: mode.slice('container:'.length) };
  return { kind: 'own', network: mode === '' || mode === 'default' ? 'bridge' : mode };
}

/** Gives a starting container its network: the host's, another container's, or a sandbox of its own. */
export async function joinNetwork(parts: Parts, container: Container): Promise<Joined> {
  const { record } = container;
  const mode = networkMode(record.hostConfig.NetworkMode);
  if (mode.kind === 'container') return joinOther(parts, container, mode.ref);
  const request = sandboxRequest(parts, container);
  if (mode.kind === 'host') {
    await parts.network.writeHostFiles(request, 'host');
    return { netns: 'host', hostname: record.config.Hostname, filesOf: container.id };
  }
  checkLinked(parts, container);
  const { netnsPath } = await parts.network.sandboxUp(request);
  return { netns: netnsPath, hostname: record.config.Hostname, filesOf: container.id };
}

function joinOther(parts: Parts, container: Container, ref: string): Joined {
  const other = parts.containers.find(ref);
  if (other === container) throw new AppError('invalid', 'cannot join own network namespace');
  if (!other.running) {
    throw new AppError(
      'conflict',
      `cannot join network namespace of a non running container: container ${other.record.name} is ${other.state.status}`,
    );
  }
  const mode = networkMode(other.record.hostConfig.NetworkMode);
  if (mode.kind === 'container') return joinOther(parts, other, mode.ref);
  const hostname = other.record.config.Hostname;
  if (mode.kind === 'host') return { netns: 'host', hostname, filesOf: other.id };
  const up = parts.network.sandboxOf(other.id);
  if (up === undefined)
    throw new AppError('conflict', `container ${other.record.name} has no network sandbox: restart it`);
  return { netns: up.netnsPath, hostname, filesOf: other.id };
}

export function sandboxRequest(parts: Parts, { id, record }: Container): SandboxRequest {
  const { config, hostConfig } = record;
  return {
    containerId: id,
    containerName: record.name,
    hostname: config.Hostname,
    domainname: config.Domainname,
    ports: wantedPorts(record),
    sysctls: hostConfig.Sysctls,
    dns: hostConfig.Dns,
    dnsSearch: hostConfig.DnsSearch,
    dnsOptions: hostConfig.DnsOptions,
    extraHosts: hostConfig.ExtraHosts,
    filesDir: containerFiles(parts, id).dir,
  };
}
