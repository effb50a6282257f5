import { AppError } from '../../base/index.ts';
import type { SandboxRequest, SandboxUp } from '../../network/index.ts';
import { announceNetworks } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import { checkLinked } from '../create/links.ts';
import type { Parts } from '../parts.ts';
import { exposedPorts, wantedPorts } from './ports.ts';

export type Joined = {
  /** Path of the namespace, or "host". */
  readonly netns: string;
  readonly hostname: string;
  /** Whose hosts, hostname and resolv.conf are bound into the container. */
  readonly filesOf: string;
  /** Whether the sandbox was up before, for those who share it: nothing is connected anew. */
  readonly kept: boolean;
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

const modeOf = ({ record }: Container): NetworkMode => networkMode(record.hostConfig.NetworkMode);

/** Gives a starting container its network: the host's, another container's, or a sandbox of its own. */
export async function joinNetwork(parts: Parts, container: Container): Promise<Joined> {
  const { id, record } = container;
  const mode = modeOf(container);
  if (mode.kind === 'container') return joinOther(parts, container);
  const own = { hostname: record.config.Hostname, filesOf: id };
  const request = sandboxRequest(parts, container);
  if (mode.kind === 'host') {
    await parts.network.writeHostFiles(request);
    return { ...own, netns: 'host', kept: false };
  }
  checkLinked(parts, container);
  const held = parts.shares.held(id) ? parts.network.sandboxOf(id) : undefined;
  const { netnsPath } = held ?? (await ownSandbox(parts, request));
  return { ...own, netns: netnsPath, kept: held !== undefined };
}

/** Why there is none is told as Docker tells it: programs look for these words. */
async function ownSandbox(parts: Parts, request: SandboxRequest): Promise<SandboxUp> {
  try {
    return await parts.network.sandboxUp(request);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.kind, `failed to set up container networking: ${error.message}`, { cause: error });
  }
}

/**
 * In the owner's queue, so that its sandbox does not go meanwhile. That of an owner which is down is there for as long
 * as others share it.
 */
async function joinOther(parts: Parts, container: Container): Promise<Joined> {
  const { next, owner } = chainOf(parts, container);
  return parts.queue.run(owner.id, () => {
    const up = parts.network.sandboxOf(owner.id);
    const outlives = next === owner && parts.shares.held(owner.id) && up !== undefined;
    if (next.state.status === 'restarting' && !outlives) {
      throw new AppError('conflict', `Container ${next.id} is restarting, wait until the container is running`);
    }
    if (!next.running && !outlives) {
      const text = `cannot join network namespace of a non running container: container ${next.record.name} is ${next.state.status}`;
      throw new AppError('conflict', text);
    }
    const other = { hostname: owner.record.config.Hostname, filesOf: owner.id, kept: true };
    if (modeOf(owner).kind === 'host') return { ...other, netns: 'host' };
    if (up === undefined) {
      throw new AppError('conflict', `container ${owner.record.name} has no network sandbox: restart it`);
    }
    parts.shares.join(owner.id, container.id);
    return { ...other, netns: up.netnsPath };
  });
}

/** After a start of the engine, for a container that still runs. A sandbox of its own is resumed by the network itself. */
export async function resumeNetwork(parts: Parts, container: Container): Promise<void> {
  if (modeOf(container).kind === 'host') await parts.network.resumeHostFiles(sandboxRequest(parts, container));
}

/** The container whose network this one lives in; itself, unless it shares another's. Throws when that is gone. */
export function networkOwner(parts: Pick<Parts, 'containers'>, container: Container): Container {
  return modeOf(container).kind === 'container' ? chainOf(parts, container).owner : container;
}

/** Whom a container names, and whose network that leads to in the end. */
function chainOf(parts: Pick<Parts, 'containers'>, container: Container): { next: Container; owner: Container } {
  const next = sharedWith(parts, container);
  const seen = new Set([container]);
  let owner = next;
  while (modeOf(owner).kind === 'container') {
    if (seen.has(owner)) break;
    seen.add(owner);
    owner = sharedWith(parts, owner);
  }
  if (seen.has(owner)) throw new AppError('invalid', 'cannot join own network namespace');
  return { next, owner };
}

function sharedWith(parts: Pick<Parts, 'containers'>, { record }: Container): Container {
  const mode = networkMode(record.hostConfig.NetworkMode);
  try {
    return parts.containers.find(mode.kind === 'container' ? mode.ref : record.id);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.kind, `joining network namespace of container: ${error.message}`, { cause: error });
  }
}

/**
 * The reverse of joining, safe to repeat: takes the container's own sandbox down unless others share it, or the one it
 * shared when it was the last in it. In the container's queue.
 */
export async function leaveNetwork(parts: Parts, container: Container): Promise<void> {
  const owner = parts.shares.leave(container.id);
  if (owner === undefined) {
    if (!parts.shares.held(container.id)) await parts.network.sandboxDown(container.id);
    return;
  }
  await parts.queue.run(owner, async () => {
    const other = parts.containers.byId(owner);
    if (other === undefined || other.running || parts.shares.held(owner)) return;
    if (parts.network.sandboxOf(owner) === undefined) return;
    announceNetworks(parts, other, 'disconnect');
    await parts.network.sandboxDown(owner);
  });
}

/** Whether a restarting container has to wait for another one that is to restart, too: both may have been up together. */
export function waitsForOwner(parts: Parts, container: Container): boolean {
  const mode = modeOf(container);
  if (mode.kind !== 'container') return false;
  const other = parts.containers.byId(mode.ref);
  return other?.state.status === 'restarting' && !parts.shares.held(other.id);
}

/** After a start of the engine: who runs in whose network. One whose owner is gone holds nothing. */
export function rememberShares(parts: Parts): void {
  for (const container of parts.containers.all()) {
    if (!container.running || modeOf(container).kind !== 'container') continue;
    try {
      parts.shares.join(chainOf(parts, container).owner.id, container.id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
}

export function sandboxRequest(parts: Parts, { id, record }: Container): SandboxRequest {
  const { config, hostConfig } = record;
  return {
    containerId: id,
    containerName: record.name,
    hostname: config.Hostname,
    domainname: config.Domainname,
    ports: wantedPorts(record),
    exposed: exposedPorts(record),
    sysctls: hostConfig.Sysctls,
    dns: hostConfig.Dns,
    dnsSearch: hostConfig.DnsSearch,
    dnsOptions: hostConfig.DnsOptions,
    extraHosts: hostConfig.ExtraHosts,
    filesDir: containerFiles(parts, id).dir,
  };
}
