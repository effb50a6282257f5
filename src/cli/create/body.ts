import { readFileSync } from 'node:fs';
import type { CreateRequest } from '../../client/index.ts';
import type { Environment } from '../context.ts';
import { InvalidValue } from '../values/invalid.ts';
import type { CreateValues, LimitValues } from './flags.ts';
import { environment, labels } from './lists.ts';
import { networking } from './networks.ts';
import { parsePorts } from './ports.ts';
import { capabilities, parseRestart } from './resources.ts';
import { parseTmpfs, parseVolumes } from './volumes.ts';

/** Which streams a container is attached to. */
export type Streams = { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };

/** Where output goes unless -a says otherwise; input with it when it is kept open. */
export function streamsOf({ attach, interactive }: CreateValues, detached: boolean): Streams {
  const asked = (name: string): boolean => attach.includes(name);
  if (detached) return { stdin: false, stdout: false, stderr: false };
  const output = attach.length === 0;
  return {
    stdin: asked('stdin') || (output && interactive),
    stdout: output || asked('stdout'),
    stderr: output || asked('stderr'),
  };
}

/** The request that docker's own client would send for these options. Throws InvalidValue. */
export function createRequest(
  image: string,
  command: readonly string[],
  values: CreateValues,
  streams: Streams,
  env: Environment,
): CreateRequest {
  const ports = parsePorts(values.publish, values.expose);
  const volumes = parseVolumes(values.volume);
  const network = networking({
    networks: [...values.network, ...values.net],
    aliases: [...values.networkAlias, ...values.netAlias],
    ip: values.ip,
    ip6: values.ip6,
    linkLocalIps: values.linkLocalIp,
    macAddress: values.macAddress,
    links: values.link,
  });
  return {
    Hostname: values.hostname,
    Domainname: values.domainname,
    User: values.user,
    AttachStdin: streams.stdin,
    AttachStdout: streams.stdout,
    AttachStderr: streams.stderr,
    ExposedPorts: ports.exposed,
    Tty: values.tty,
    OpenStdin: values.interactive,
    StdinOnce: values.interactive && streams.stdin,
    Env: environment(values.envFile, values.env, env),
    Cmd: command.length === 0 ? null : command,
    Healthcheck: healthcheck(values),
    Image: image,
    Volumes: volumes.anonymous,
    WorkingDir: values.workdir,
    Entrypoint: values.entrypoint === undefined ? null : [values.entrypoint],
    Labels: labels(values.labelFile, values.label),
    StopSignal: values.stopSignal,
    StopTimeout: values.stopTimeout ?? null,
    HostConfig: {
      ...limits(values),
      ...resources(values),
      ...isolation(values),
      Binds: volumes.binds,
      Mounts: values.mount,
      Tmpfs: parseTmpfs(values.tmpfs),
      VolumeDriver: values.volumeDriver,
      VolumesFrom: values.volumesFrom,
      ContainerIDFile: values.cidfile,
      LogConfig: { Type: values.logDriver, Config: Object.fromEntries(values.logOpt) },
      NetworkMode: network.mode,
      PortBindings: ports.bindings,
      PublishAllPorts: values.publishAll,
      RestartPolicy: parseRestart(values.restart),
      AutoRemove: values.rm,
      Annotations: Object.fromEntries(values.annotation),
      Dns: values.dns,
      DnsOptions: [...values.dnsOption, ...values.dnsOpt],
      DnsSearch: values.dnsSearch,
      ExtraHosts: values.addHost,
      Links: values.link,
      Init: values.init ? true : null,
    },
    NetworkingConfig: { EndpointsConfig: network.endpoints },
  };
}

/** The limits that `update` changes too; what is not given is left out. */
export function limits(values: LimitValues): NonNullable<CreateRequest['HostConfig']> {
  return {
    BlkioWeight: values.blkioWeight ?? 0,
    CpuPeriod: values.cpuPeriod ?? 0,
    CpuQuota: values.cpuQuota ?? 0,
    CpuRealtimePeriod: values.cpuRtPeriod ?? 0,
    CpuRealtimeRuntime: values.cpuRtRuntime ?? 0,
    CpuShares: values.cpuShares ?? 0,
    NanoCpus: values.cpus ?? 0,
    CpusetCpus: values.cpusetCpus,
    CpusetMems: values.cpusetMems,
    Memory: values.memory ?? 0,
    MemoryReservation: values.memoryReservation ?? 0,
    MemorySwap: values.memorySwap ?? 0,
    PidsLimit: values.pidsLimit ?? null,
  };
}

function resources(values: CreateValues): NonNullable<CreateRequest['HostConfig']> {
  return {
    MemorySwappiness: values.memorySwappiness ?? null,
    OomKillDisable: values.oomKillDisable,
    OomScoreAdj: values.oomScoreAdj ?? 0,
    BlkioWeightDevice: values.blkioWeightDevice,
    BlkioDeviceReadBps: values.deviceReadBps,
    BlkioDeviceWriteBps: values.deviceWriteBps,
    BlkioDeviceReadIOps: values.deviceReadIops,
    BlkioDeviceWriteIOps: values.deviceWriteIops,
    Ulimits: values.ulimit.toSorted((a, b) => (a.Name < b.Name ? -1 : 1)),
    Devices: values.device,
    DeviceCgroupRules: values.deviceCgroupRule,
    ShmSize: values.shmSize ?? 0,
    CgroupParent: values.cgroupParent,
  };
}

function isolation(values: CreateValues): NonNullable<CreateRequest['HostConfig']> {
  const openPaths = values.securityOpt.includes('systempaths=unconfined');
  return {
    Privileged: values.privileged,
    ReadonlyRootfs: values.readOnly,
    CapAdd: capabilities(values.capAdd),
    CapDrop: capabilities(values.capDrop),
    GroupAdd: values.groupAdd,
    SecurityOpt: values.securityOpt.filter((one) => one !== 'systempaths=unconfined').map(securityOption),
    ...(openPaths ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    PidMode: values.pid,
    IpcMode: values.ipc,
    UTSMode: values.uts,
    UsernsMode: values.userns,
    CgroupnsMode: values.cgroupns,
    Isolation: values.isolation,
    Runtime: values.runtime,
    StorageOpt: Object.fromEntries(values.storageOpt),
    Sysctls: Object.fromEntries(values.sysctl),
  };
}

/** A seccomp profile is named by file here and sent as its text, for the engine may not see our files. */
function securityOption(option: string): string {
  const profile = /^seccomp[=:](.*)$/.exec(option)?.[1];
  if (profile === undefined || ['unconfined', 'builtin'].includes(profile)) return option;
  return `seccomp=${JSON.stringify(JSON.parse(readFileSync(profile, 'utf8')))}`;
}

function healthcheck(values: CreateValues): NonNullable<CreateRequest['Healthcheck']> | null {
  const timing = {
    ...(values.healthInterval === undefined ? {} : { Interval: values.healthInterval }),
    ...(values.healthTimeout === undefined ? {} : { Timeout: values.healthTimeout }),
    ...(values.healthStartPeriod === undefined ? {} : { StartPeriod: values.healthStartPeriod }),
    ...(values.healthStartInterval === undefined ? {} : { StartInterval: values.healthStartInterval }),
    ...(values.healthRetries === undefined ? {} : { Retries: values.healthRetries }),
  };
  const given = values.healthCmd !== '' || Object.keys(timing).length > 0;
  if (values.noHealthcheck && given) throw new InvalidValue('--no-healthcheck conflicts with --health-* options');
  if (values.noHealthcheck) return { Test: ['NONE'] };
  return given ? { ...(values.healthCmd === '' ? {} : { Test: ['CMD-SHELL', values.healthCmd] }), ...timing } : null;
}
