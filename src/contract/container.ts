import type { ContainerConfig } from './container-config.ts';
import type { HostConfig } from './host-config.ts';
import type { EndpointSettings } from './network.ts';
import type { PortBinding } from './ports.ts';

export type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export type HealthState = {
  readonly Status: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly FailingStreak: number;
  readonly Log: readonly {
    readonly Start: string;
    readonly End: string;
    readonly ExitCode: number;
    readonly Output: string;
  }[];
};

export type ContainerState = {
  readonly Status: ContainerStatus;
  /** True also when paused. */
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly Restarting: boolean;
  readonly OOMKilled: boolean;
  readonly Dead: boolean;
  /** The host's; 0 when not running. */
  readonly Pid: number;
  readonly ExitCode: number;
  readonly Error: string;
  /** "0001-01-01T00:00:00Z" before. */
  readonly StartedAt: string;
  readonly FinishedAt: string;
  readonly Health?: HealthState;
};

export type MountPoint = {
  readonly Type: string;
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: string;
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
};

export type NetworkSettings = {
  readonly Bridge: string;
  readonly SandboxID: string;
  readonly SandboxKey: string;
  /** null for a port that is only exposed. */
  readonly Ports: Readonly<Record<string, readonly PortBinding[] | null>>;
  readonly HairpinMode: boolean;
  readonly LinkLocalIPv6Address: string;
  readonly LinkLocalIPv6PrefixLen: number;
  readonly SecondaryIPAddresses: null;
  readonly SecondaryIPv6Addresses: null;
  /** Of the default bridge, as are the seven below. */
  readonly EndpointID: string;
  readonly Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly GlobalIPv6PrefixLen: number;
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
  readonly IPv6Gateway: string;
  readonly MacAddress: string;
  readonly Networks: Readonly<Record<string, EndpointSettings>>;
};

type UnsetConfig =
  | 'ExposedPorts'
  | 'Healthcheck'
  | 'MacAddress'
  | 'NetworkDisabled'
  | 'Shell'
  | 'StopSignal'
  | 'StopTimeout';

/** Config as inspect shows it: some fields are left out when nothing was asked for. */
type ConfigShown = Omit<ContainerConfig, UnsetConfig | 'Volumes'> &
  Partial<Pick<ContainerConfig, UnsetConfig>> & {
    readonly Volumes: ContainerConfig['Volumes'] | null;
    readonly OnBuild: null;
  };

/** HostConfig as inspect shows it: what was not asked for is left out or null. */
type HostConfigShown = { readonly [K in keyof HostConfig]?: HostConfig[K] | null } & {
  /** Of other systems, as the three below: always 0. */
  readonly CpuCount: number;
  readonly CpuPercent: number;
  readonly IOMaximumIOps: number;
  readonly IOMaximumBandwidth: number;
};

/** Answer of `GET /containers/{id}/json`. */
export type ContainerInspect = {
  readonly Id: string;
  readonly Created: string;
  readonly Path: string;
  readonly Args: readonly string[];
  readonly State: ContainerState;
  /** "sha256:…". */
  readonly Image: string;
  readonly ResolvConfPath: string;
  readonly HostnamePath: string;
  readonly HostsPath: string;
  readonly LogPath: string;
  /** "/x". */
  readonly Name: string;
  readonly RestartCount: number;
  readonly Driver: string;
  readonly Platform: string;
  readonly MountLabel: string;
  readonly ProcessLabel: string;
  readonly AppArmorProfile: string;
  readonly ExecIDs: readonly string[] | null;
  readonly HostConfig: HostConfigShown;
  readonly GraphDriver: { readonly Name: string; readonly Data: Readonly<Record<string, string>> | null };
  /** Bytes; with `size=1` only. */
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
  readonly Mounts: readonly MountPoint[];
  readonly Config: ConfigShown;
  readonly NetworkSettings: NetworkSettings;
};

export type PortSummary = {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: string;
};

/** One item of `GET /containers/json`. */
export type ContainerSummary = {
  readonly Id: string;
  /** "/x". */
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly Command: string;
  /** Seconds since 1970. */
  readonly Created: number;
  readonly Ports: readonly PortSummary[];
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
  readonly Labels: Readonly<Record<string, string>>;
  readonly State: ContainerStatus;
  /** "Up 2 minutes". */
  readonly Status: string;
  readonly HostConfig: {
    readonly NetworkMode: string;
    /** API 1.46. */
    readonly Annotations?: Readonly<Record<string, string>>;
  };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, EndpointSettings>> };
  readonly Mounts: readonly MountPoint[];
};

/** Answer of `GET /containers/{id}/top`. */
export type TopBody = {
  readonly Titles: readonly string[];
  readonly Processes: readonly (readonly string[])[];
};

/** Answer of `POST /containers/{id}/wait`. */
export type WaitBody = { readonly StatusCode: number; readonly Error: { readonly Message: string } | null };
