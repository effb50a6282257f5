import { readFileSync } from 'node:fs';
import { arch, availableParallelism, hostname, release, totalmem } from 'node:os';
import type { EventMessage, SystemInfo, SystemVersion } from '../../contract/index.ts';
import type { EventQuery } from '../events/bus.ts';
import type { Parts } from '../parts.ts';

const machine: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const uname: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** The engine as a whole: version, info, events, disk usage. */
export class SystemBackend {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async version(): Promise<SystemVersion> {
    const { version, apiVersion, minApiVersion } = this.#parts.options;
    const tools = await this.#parts.runtime.version();
    return {
      Platform: { Name: 'Portolan' },
      Version: version,
      ApiVersion: apiVersion,
      MinAPIVersion: minApiVersion,
      GitCommit: '',
      GoVersion: `node${process.versions.node}`,
      Os: 'linux',
      Arch: machine[arch()] ?? arch(),
      KernelVersion: release(),
      BuildTime: '',
      Components: [
        {
          Name: 'Engine',
          Version: version,
          Details: {
            ApiVersion: apiVersion,
            MinAPIVersion: minApiVersion,
            Os: 'linux',
            Arch: machine[arch()] ?? arch(),
            KernelVersion: release(),
            Experimental: 'false',
          },
        },
        { Name: 'runc', Version: tools.runc },
        { Name: 'conmon', Version: tools.conmon },
        { Name: 'node', Version: process.versions.node },
      ],
    };
  }

  async info(): Promise<SystemInfo> {
    const { containers, images, options, runtime } = this.#parts;
    const { cgroup, runc } = await runtime.version();
    const all = containers.all();
    const count = (status: string): number => all.filter(({ state }) => state.status === status).length;
    return {
      ...fixed,
      ...osRelease(),
      ID: options.engineId,
      Name: hostname(),
      Containers: all.length,
      ContainersRunning: count('running'),
      ContainersPaused: count('paused'),
      ContainersStopped: all.length - count('running') - count('paused'),
      Images: images.list().length,
      SystemTime: new Date().toISOString(),
      CgroupVersion: cgroup,
      KernelVersion: release(),
      Architecture: uname[arch()] ?? arch(),
      NCPU: availableParallelism(),
      MemTotal: totalmem(),
      DockerRootDir: options.dataRoot,
      Labels: options.labels,
      ServerVersion: options.version,
      RuncCommit: { ID: runc },
      IPv4Forwarding: forwarding(),
      Warnings: options.notices(),
    };
  }

  events(query: EventQuery, signal: AbortSignal): AsyncIterable<EventMessage> {
    return this.#parts.events.subscribe(query, signal);
  }

  async diskUsage(): Promise<object> {
    const { images, containers, volumes } = this.#parts;
    const users = (imageId: string): number =>
      containers.all().filter(({ record }) => record.imageId === imageId).length;
    return {
      LayersSize: images.layersSize(),
      Images: images.list().map(({ id, tags, digests, size, document }) => ({
        Id: id,
        ParentId: '',
        RepoTags: tags,
        RepoDigests: digests,
        Created: Math.floor(Date.parse(document.created ?? '') / 1000) || 0,
        Size: size,
        SharedSize: 0,
        Labels: document.config?.Labels ?? null,
        Containers: users(id),
      })),
      Containers: await Promise.all(
        containers.all().map(async ({ id, record, state }) => ({
          Id: id,
          Names: [`/${record.name}`],
          Image: record.config.Image,
          ImageID: record.imageId,
          Command: record.args.join(' '),
          Created: Math.floor(Date.parse(record.created) / 1000),
          State: state.status,
          Status: state.status,
          SizeRw: await this.#parts.images.rootfs.size(id),
          SizeRootFs: images.list().find((image) => image.id === record.imageId)?.size ?? 0,
          Labels: record.config.Labels,
          Mounts: record.mounts,
        })),
      ),
      Volumes: volumes.list().map(({ id, labels, users: by }) => ({
        Name: id,
        Driver: 'local',
        Mountpoint: volumes.mountpoint(id),
        Labels: labels,
        Scope: 'local',
        UsageData: { Size: -1, RefCount: by.length },
      })),
      BuildCache: [],
    };
  }
}

/** What does not depend on this machine or moment. */
const fixed = {
  Driver: 'overlay2',
  DriverStatus: [['Backing Filesystem', 'overlayfs'] as const],
  Plugins: {
    Volume: ['local'],
    Network: ['bridge', 'host', 'null'],
    Authorization: null,
    Log: ['json-file', 'local', 'none'],
  },
  MemoryLimit: true,
  SwapLimit: true,
  CpuCfsPeriod: true,
  CpuCfsQuota: true,
  CPUShares: true,
  CPUSet: true,
  PidsLimit: true,
  OomKillDisable: true,
  Debug: false,
  NFd: 0,
  NGoroutines: 0,
  LoggingDriver: 'json-file',
  CgroupDriver: 'cgroupfs',
  NEventsListener: 0,
  OSType: 'linux' as const,
  IndexServerAddress: '',
  RegistryConfig: { InsecureRegistryCIDRs: null, IndexConfigs: {}, Mirrors: null },
  GenericResources: null,
  HttpProxy: '',
  HttpsProxy: '',
  NoProxy: '',
  ExperimentalBuild: false,
  Runtimes: { runc: { path: 'runc' } },
  DefaultRuntime: 'runc',
  Swarm: {
    NodeID: '',
    NodeAddr: '',
    LocalNodeState: 'inactive' as const,
    ControlAvailable: false,
    Error: '',
    RemoteManagers: null,
  },
  LiveRestoreEnabled: true,
  Isolation: '',
  InitBinary: '',
  ContainerdCommit: { ID: '' },
  InitCommit: { ID: '' },
  SecurityOptions: ['name=seccomp,profile=builtin'],
  FirewallBackend: { Driver: 'nftables' },
};

/** /etc/os-release, os-release(5). */
function osRelease(): { readonly OperatingSystem: string; readonly OSVersion: string } {
  const text = readText('/etc/os-release');
  const value = (key: string): string => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { OperatingSystem: value('PRETTY_NAME') || 'Linux', OSVersion: value('VERSION_ID') };
}

const forwarding = (): boolean => readText('/proc/sys/net/ipv4/ip_forward').trim() === '1';

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
