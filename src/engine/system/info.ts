import { readFileSync, statfsSync } from 'node:fs';
import { arch, availableParallelism, hostname, release, totalmem } from 'node:os';
import { proxiesOf, withoutCredentials } from '../../base/index.ts';
import type { SystemInfo } from '../../contract/index.ts';
import type { EngineOptions, Parts } from '../parts.ts';

/** As uname(1) names machines. */
const uname: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** GET /info. */
export async function engineInfo(parts: Parts): Promise<SystemInfo> {
  const { containers, images, options, runtime } = parts;
  const { cgroup, runc } = await runtime.version();
  const all = containers.all();
  const count = (status: string): number => all.filter(({ state }) => state.status === status).length;
  return {
    ...fixed,
    ...osRelease(),
    ...proxies(),
    RegistryConfig: registryConfig(options.registries()),
    Plugins: { ...plugins, Network: parts.network.drivers() },
    DriverStatus: [
      ['Backing Filesystem', backingFileSystem(options.dataRoot)],
      ['Supports d_type', 'true'],
    ],
    OomKillDisable: cgroup === '1',
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
    Labels: options.labels(),
    ServerVersion: options.version,
    LoggingDriver: options.logging.Type,
    RuncCommit: { ID: runc },
    IPv4Forwarding: forwarding(),
    Warnings: options.notices(),
  };
}

function proxies(): Pick<SystemInfo, 'HttpProxy' | 'HttpsProxy' | 'NoProxy'> {
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = proxiesOf();
  return {
    HttpProxy: withoutCredentials(HTTP_PROXY),
    HttpsProxy: withoutCredentials(HTTPS_PROXY),
    NoProxy: NO_PROXY,
  };
}

const plugins = { Volume: ['local'], Authorization: null, Log: ['json-file', 'local', 'none'] };

/** What does not depend on this machine or moment. */
const fixed = {
  Driver: 'overlay2',
  MemoryLimit: true,
  SwapLimit: true,
  CpuCfsPeriod: true,
  CpuCfsQuota: true,
  CPUShares: true,
  CPUSet: true,
  PidsLimit: true,
  Debug: false,
  NFd: 0,
  NGoroutines: 0,
  CgroupDriver: 'cgroupfs',
  NEventsListener: 0,
  OSType: 'linux' as const,
  IndexServerAddress: 'https://index.docker.io/v1/',
  GenericResources: null,
  ExperimentalBuild: false,
  Runtimes: { 'io.containerd.runc.v2': { path: 'runc' }, runc: { path: 'runc' } },
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
  InitBinary: 'docker-init',
  ContainerdCommit: { ID: '' },
  InitCommit: { ID: 'N/A' },
  SecurityOptions: ['name=seccomp,profile=builtin'],
  FirewallBackend: { Driver: 'nftables' },
};

/** By f_type of statfs(2), <linux/magic.h>, as Docker names them. */
const fileSystems: Readonly<Record<number, string>> = {
  61267: 'extfs',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs',
  2035054128: 'overlayfs',
  801189825: 'zfs',
  4076150800: 'f2fs',
};

const backingFileSystem = (folder: string): string => fileSystems[statfsSync(folder).type] ?? '<unknown>';

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

/** As clients read which registries may be unsafe: Docker's form. */
function registryConfig({ insecure, mirrors }: ReturnType<EngineOptions['registries']>): SystemInfo['RegistryConfig'] {
  const index = (Name: string, own: readonly string[], Secure: boolean) => ({
    Name,
    Mirrors: own,
    Secure,
    Official: Name === 'docker.io',
  });
  const hosts = insecure.filter((entry) => !entry.includes('/'));
  return {
    InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8', ...insecure.filter((entry) => entry.includes('/'))],
    IndexConfigs: Object.fromEntries([
      ['docker.io', index('docker.io', mirrors, true)],
      ...hosts.map((host) => [host, index(host, [], false)]),
    ]),
    Mirrors: mirrors,
  };
}
