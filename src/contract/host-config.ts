import * as v from 'valibot';
import {
  consoleSize,
  flag,
  flagOrNull,
  group,
  listOf,
  mapOf,
  object,
  text,
  textMap,
  textOrTexts,
  texts,
  whole,
  wholeOrNull,
} from './fields.ts';
import { normalizePortMap } from './ports.ts';
import type { DeepReadonly } from './readonly.ts';

const device = object({ PathOnHost: text, PathInContainer: text, CgroupPermissions: text });
const ulimit = object({ Name: text, Soft: whole, Hard: whole });
const throttle = object({ Path: text, Rate: whole });
const weight = object({ Path: text, Weight: whole });
const deviceRequest = object({
  Driver: text,
  Count: whole,
  DeviceIDs: texts,
  Capabilities: listOf(texts),
  Options: textMap,
});

export const restartPolicy = group({ Name: text, MaximumRetryCount: whole });

/** Limits that `update` may change too. 0, "" and null mean none, or unchanged. Memory in bytes, CPU times in µs. */
export const resourceEntries = {
  CpuShares: whole,
  Memory: whole,
  NanoCpus: whole,
  CgroupParent: text,
  BlkioWeight: whole,
  BlkioWeightDevice: listOf(weight),
  BlkioDeviceReadBps: listOf(throttle),
  BlkioDeviceWriteBps: listOf(throttle),
  BlkioDeviceReadIOps: listOf(throttle),
  BlkioDeviceWriteIOps: listOf(throttle),
  CpuPeriod: whole,
  CpuQuota: whole,
  CpuRealtimePeriod: whole,
  CpuRealtimeRuntime: whole,
  CpusetCpus: text,
  CpusetMems: text,
  Devices: listOf(device),
  DeviceCgroupRules: texts,
  DeviceRequests: listOf(deviceRequest),
  MemoryReservation: whole,
  /** -1 unlimited. */
  MemorySwap: whole,
  /** null and -1: the kernel's. */
  MemorySwappiness: wholeOrNull,
  OomKillDisable: flagOrNull,
  /** null, 0 and -1: unlimited. */
  PidsLimit: wholeOrNull,
  Ulimits: listOf(ulimit),
};

const mount = object({
  /** "bind", "volume", "tmpfs", "npipe", "cluster", "image". */
  Type: text,
  Source: text,
  Target: text,
  ReadOnly: flag,
  Consistency: text,
  BindOptions: v.nullish(
    object({
      Propagation: text,
      NonRecursive: flag,
      CreateMountpoint: flag,
      ReadOnlyNonRecursive: flag,
      ReadOnlyForceRecursive: flag,
    }),
    null,
  ),
  VolumeOptions: v.nullish(
    object({
      NoCopy: flag,
      Labels: textMap,
      Subpath: text,
      DriverConfig: v.nullish(object({ Name: text, Options: textMap }), null),
    }),
    null,
  ),
  /** A part of the image's files, relative to their root. */
  ImageOptions: v.nullish(object({ Subpath: text }), null),
  /** Size in bytes, mode as a number. */
  TmpfsOptions: v.nullish(object({ SizeBytes: whole, Mode: whole, Options: listOf(v.array(v.string())) }), null),
});

const portBinding = object({ HostIp: text, HostPort: text });
const orDefault = (fallback: string) =>
  v.pipe(
    text,
    v.transform((value) => value || fallback),
  );

/** How the container is run. Defaults that do not depend on the machine are filled in. */
export const hostConfigEntries = {
  ...resourceEntries,
  /** "src:dst[:options]" as given. */
  Binds: texts,
  ContainerIDFile: text,
  /** Type "": the engine's default. */
  LogConfig: group({ Type: text, Config: textMap }),
  /** "bridge" for "" and "default"; else "host", "none", "container:REF", or a network's name. */
  NetworkMode: v.pipe(
    text,
    v.transform((mode) => (mode === '' || mode === 'default' ? 'bridge' : mode)),
  ),
  /** "N/proto" to bindings. */
  PortBindings: v.pipe(
    mapOf(listOf(portBinding)),
    v.transform((map) => normalizePortMap(map)),
  ),
  RestartPolicy: v.pipe(
    restartPolicy,
    v.transform((policy) => ({ ...policy, Name: policy.Name || 'no' })),
  ),
  AutoRemove: flag,
  VolumeDriver: text,
  VolumesFrom: texts,
  /** [height, width]. */
  ConsoleSize: v.nullish(consoleSize, [0, 0]),
  Annotations: textMap,
  CapAdd: textOrTexts,
  CapDrop: textOrTexts,
  /** "" : private on cgroup v2, host on v1. */
  CgroupnsMode: text,
  Dns: texts,
  DnsOptions: texts,
  DnsSearch: texts,
  /** "name:address". */
  ExtraHosts: texts,
  GroupAdd: texts,
  /** "": private; shareable for clients of before API 1.40. */
  IpcMode: text,
  Cgroup: text,
  Links: texts,
  OomScoreAdj: whole,
  /** "" private, "host", "container:REF". */
  PidMode: text,
  Privileged: flag,
  PublishAllPorts: flag,
  ReadonlyRootfs: flag,
  SecurityOpt: texts,
  StorageOpt: textMap,
  /** Path to mount options. */
  Tmpfs: textMap,
  UTSMode: text,
  UsernsMode: text,
  /** Bytes. */
  ShmSize: v.pipe(
    whole,
    v.transform((bytes) => bytes || 67108864),
  ),
  Sysctls: textMap,
  Runtime: orDefault('runc'),
  Isolation: text,
  Mounts: listOf(mount),
  /** null: the engine's default. */
  MaskedPaths: v.nullish(v.array(v.string()), null),
  ReadonlyPaths: v.nullish(v.array(v.string()), null),
  /** null: the engine's default (no). */
  Init: flagOrNull,
};

const hostConfig = v.object(hostConfigEntries);
export type HostConfig = DeepReadonly<v.InferOutput<typeof hostConfig>>;
export type MountRequest = DeepReadonly<v.InferOutput<typeof mount>>;
