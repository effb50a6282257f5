import type { ContainerInspect } from '../../contract/index.ts';
import type { ContainerRecord } from '../container/record.ts';

type Shown = Pick<ContainerInspect, 'Config' | 'HostConfig'>;

/** Config of inspect: fields that were not set are left out or null, as Docker's encoder has them. */
export function configView({ config }: ContainerRecord): Shown['Config'] {
  const { ExposedPorts, Healthcheck, MacAddress, NetworkDisabled, Shell, StopSignal, StopTimeout, ...always } = config;
  const health = Healthcheck === null ? null : { ...set(Healthcheck), Test: Healthcheck.Test };
  return {
    ...always,
    Volumes: nullWhenEmpty(config.Volumes),
    OnBuild: null,
    ...set({ ExposedPorts, Healthcheck: health, MacAddress, NetworkDisabled, Shell, StopSignal }),
    ...(StopTimeout === null ? {} : { StopTimeout }),
  };
}

/** HostConfig of inspect, as Docker's encoder has it; sizes of other systems are always there. */
export function hostConfigView({ hostConfig }: ContainerRecord): Shown['HostConfig'] {
  const { Annotations, Init, Mounts, StorageOpt, Sysctls, Tmpfs, ...always } = hostConfig;
  return {
    ...always,
    ...Object.fromEntries(nullLists.map((key) => [key, nullWhenEmpty(hostConfig[key])])),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    ...set({ Annotations, Mounts: Mounts.map((mount) => ({ ...set(mount), Target: mount.Target })) }),
    ...set({ StorageOpt, Sysctls, Tmpfs }),
    ...(Init === null ? {} : { Init }),
  };
}

/** Lists that docker's command line does not send when they are empty. */
const nullLists = [
  'Binds',
  'VolumesFrom',
  'CapAdd',
  'CapDrop',
  'ExtraHosts',
  'GroupAdd',
  'Links',
  'SecurityOpt',
  'DeviceCgroupRules',
  'DeviceRequests',
] as const;

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;
const nullWhenEmpty = <T extends object>(value: T): T | null => (isEmpty(value) ? null : value);

/** Without what is zero, empty or null. */
function set(fields: object): object {
  const isSet = (value: unknown): boolean =>
    typeof value === 'object' && value !== null ? !isEmpty(value) : Boolean(value);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isSet(value)));
}
