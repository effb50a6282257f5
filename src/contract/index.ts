export type { BuildOptions } from './build.ts';
export type {
  ContainerInspect,
  ContainerState,
  ContainerStatus,
  ContainerSummary,
  HealthState,
  MountPoint,
  NetworkSettings,
  PortSummary,
  TopBody,
  WaitBody,
} from './container.ts';
export { type ContainerConfig, type Healthcheck, parseContainerConfig } from './container-config.ts';
export { type ContainerCreateBody, type ContainerCreateInput, parseContainerCreate } from './container-create.ts';
export { parseUpdate, type UpdateBody } from './container-update.ts';
export { type EndpointConfig, emptyEndpoint } from './endpoint-config.ts';
export type { EventMessage } from './event.ts';
export {
  type ExecCreateBody,
  type ExecInspect,
  type ExecStartBody,
  parseExecCreate,
  parseExecStart,
} from './exec.ts';
export { checkFilters, checkFlag, type Filters, flagOf, parseFilters } from './filters.ts';
export type { HostConfig, MountRequest } from './host-config.ts';
export type { ImageConfigBody, ImageHistoryItem, ImageInspect, ImageSummary, Progress } from './image.ts';
export type { EndpointSettings, NetworkContainer, NetworkInspect } from './network.ts';
export {
  type NetworkConnectBody,
  type NetworkCreateBody,
  type NetworkCreateInput,
  type NetworkDisconnectBody,
  parseNetworkConnect,
  parseNetworkCreate,
  parseNetworkDisconnect,
} from './network-request.ts';
export {
  normalizePortSet,
  type PortBinding,
  type PortKey,
  type PortMap,
  type PortRequest,
  type Protocol,
  parsePortKey,
  parsePortRange,
  portRequests,
} from './ports.ts';
export { parseAuthConfig, parseRegistryAuth, type RegistryCredentials } from './registry-auth.ts';
export type { BlkioEntry, ContainerStats, CpuStats, InterfaceStats } from './stats.ts';
export { notManager } from './swarm.ts';
export type { SystemInfo, SystemVersion } from './system.ts';
export { apiVersion, compareVersions, minApiVersion } from './version.ts';
export { parseVolumeCreate, type VolumeCreateBody, type VolumeInspect } from './volume.ts';
