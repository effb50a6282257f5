import { AppError } from '../../base/index.ts';
import type { ContainerInspect, ContainerState, EndpointSettings, NetworkSettings } from '../../contract/index.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import { type ContainerRecord, never } from '../container/record.ts';
import { linkViews } from '../create/links.ts';
import type { Parts } from '../parts.ts';
import { networkOwner } from '../run/network.ts';
import { endpointView } from './endpoint-view.ts';
import { mountViews } from './mount-view.ts';
import { portMap } from './port-view.ts';
import { configView, hostConfigView } from './settings-view.ts';

/** GET /containers/{id}/json. */
export async function inspectContainer(parts: Parts, container: Container, size: boolean): Promise<ContainerInspect> {
  const { record } = container;
  const files = containerFiles(parts, ownerOfFiles(parts, container));
  const { lower, upper, work, merged } = parts.images.rootfs.paths(record.id, record.imageId);
  return {
    Id: record.id,
    Created: record.created,
    Path: record.args[0] ?? '',
    Args: record.args.slice(1),
    State: stateView(container),
    Image: record.imageId,
    ...(record.state.startedAt === never
      ? noFiles
      : { ResolvConfPath: files.resolvConf, HostnamePath: files.hostname, HostsPath: files.hosts }),
    LogPath: logPath(parts, record),
    Name: `/${record.name}`,
    RestartCount: record.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: container.execs.size === 0 ? null : [...container.execs],
    HostConfig: { ...hostConfigView(record), Links: linksOf(parts, record) },
    GraphDriver: { Name: 'overlay2', Data: { LowerDir: lower, UpperDir: upper, WorkDir: work, MergedDir: merged } },
    ...(size ? await sizes(parts, container) : {}),
    Mounts: mountViews(record.mounts),
    Config: { ...configView(record), ...askedMac(parts, container) },
    NetworkSettings: networkSettings(parts, container),
  };
}

/** The hardware address that was asked for on the network of NetworkMode, which was a container's own once. */
function askedMac({ network }: Pick<Parts, 'network'>, { id }: Container): { readonly MacAddress?: string } {
  const mac = network.endpointsOf(id)[0]?.request.mac;
  return mac === undefined ? {} : { MacAddress: mac };
}

/** Made as it starts. */
const noFiles = { ResolvConfPath: '', HostnamePath: '', HostsPath: '' };

const logPath = (parts: Parts, { id, hostConfig, state }: ContainerRecord): string =>
  hostConfig.LogConfig.Type === 'json-file' && state.startedAt !== never ? containerFiles(parts, id).log : '';

function linksOf(parts: Parts, { name, hostConfig }: ContainerRecord): readonly string[] | null {
  return hostConfig.Links.length === 0 ? null : linkViews(parts, name, hostConfig.Links);
}

function stateView({ state }: Container): ContainerState {
  return {
    Status: state.status,
    Running: state.status === 'running' || state.status === 'paused' || state.status === 'restarting',
    Paused: state.status === 'paused',
    Restarting: state.status === 'restarting',
    OOMKilled: state.oomKilled,
    Dead: state.status === 'dead',
    Pid: state.pid,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: state.startedAt,
    FinishedAt: state.finishedAt,
    ...(state.health === undefined ? {} : { Health: state.health }),
  };
}

/** A container that shares another's network shares its files. */
function ownerOfFiles(parts: Parts, container: Container): string {
  try {
    return networkOwner(parts, container).id;
  } catch (error) {
    if (error instanceof AppError) return container.id;
    throw error;
  }
}

async function sizes(parts: Parts, { record }: Container): Promise<{ SizeRw: number; SizeRootFs: number }> {
  const rw = await parts.images.rootfs.size(record.id);
  return { SizeRw: rw, SizeRootFs: rw + sizeOfImage(parts, record.imageId) };
}

export function sizeOfImage(parts: Pick<Parts, 'images'>, imageId: string): number {
  return parts.images.list().find(({ id }) => id === imageId)?.size ?? 0;
}

/** By network name, in the order of attachment. */
export function endpointViews(parts: Pick<Parts, 'network'>, { record }: Container): Record<string, EndpointSettings> {
  const who = { name: record.name, id: record.id, hostname: record.config.Hostname };
  return Object.fromEntries(
    parts.network.endpointsOf(record.id).map((endpoint) => {
      const network = parts.network.network(endpoint.networkId);
      return [network.name, endpointView(endpoint, network, who)];
    }),
  );
}

function networkSettings(parts: Parts, container: Container): NetworkSettings {
  const up = parts.network.sandboxOf(container.id);
  const networks = endpointViews(parts, container);
  const bridge = networks['bridge'];
  return {
    Bridge: '',
    SandboxID: up?.sandbox.id ?? '',
    SandboxKey: up?.netnsPath ?? '',
    Ports: up === undefined ? {} : portMap(up.sandbox.ports, Object.keys(container.record.config.ExposedPorts)),
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: bridge?.EndpointID ?? '',
    Gateway: bridge?.Gateway ?? '',
    GlobalIPv6Address: bridge?.GlobalIPv6Address ?? '',
    GlobalIPv6PrefixLen: bridge?.GlobalIPv6PrefixLen ?? 0,
    IPAddress: bridge?.IPAddress ?? '',
    IPPrefixLen: bridge?.IPPrefixLen ?? 0,
    IPv6Gateway: bridge?.IPv6Gateway ?? '',
    MacAddress: bridge?.MacAddress ?? '',
    Networks: networks,
  };
}
