import { AppError } from '../../base/index.ts';
import type { SpecInput } from '../types.ts';
import { capabilitiesOf } from './capabilities.ts';
import { defaultDeviceRules, deviceRule, type HostDevice } from './devices.ts';
import type { HostFacts } from './host.ts';
import { rlimitsOf } from './limits.ts';
import { initDestination, mountsOf } from './mounts.ts';
import type { OciCapabilities, OciLinux, OciProcess, OciSeccomp, OciSpec } from './oci.ts';
import { resourcesOf } from './resources.ts';
import { parseProfile, toOciSeccomp } from './seccomp.ts';

/** Docker's: kernel interfaces that tell or change too much. */
export const defaultMaskedPaths: readonly string[] = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
/** Docker's: kernel interfaces that may be read. */
export const defaultReadonlyPaths: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

/** The OCI spec of a container. Pure: all facts about the machine and its devices come in. Throws `invalid`. */
export function buildSpec(input: SpecInput, host: HostFacts, devices: readonly HostDevice[] = []): OciSpec {
  const capabilities = capabilitiesOf(
    { privileged: input.privileged, add: input.capAdd, drop: input.capDrop },
    host.capabilities,
  );
  const ownUts = input.uts === 'private';
  return {
    ociVersion: '1.0.2',
    process: processOf(input, host, capabilities),
    root: { path: input.rootfs, readonly: input.readonlyRootfs },
    ...(ownUts ? { hostname: input.hostname } : {}),
    mounts: mountsOf(input, host.initPath),
    linux: linuxOf(input, host, devices, seccompOf(input, host, capabilities)),
  };
}

function processOf(input: SpecInput, host: HostFacts, capabilities: readonly string[]): OciProcess {
  const { user } = input;
  const rlimits = rlimitsOf(input.ulimits, host.limits, host.capabilities.includes('CAP_SYS_RESOURCE'));
  return {
    terminal: input.tty,
    ...(input.tty && input.consoleSize !== undefined ? { consoleSize: input.consoleSize } : {}),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    args: withInit(input, host),
    env: input.env,
    cwd: input.cwd,
    capabilities: capabilitySets(capabilities, user.uid),
    ...(rlimits.length === 0 ? {} : { rlimits }),
    noNewPrivileges: input.noNewPrivileges,
    oomScoreAdj: input.oomScoreAdj,
  };
}

/** A user other than root gets none to start with, and may reach the bounding set's by a set-user-id program. */
export function capabilitySets(names: readonly string[], uid: number): OciCapabilities {
  return { bounding: names, effective: uid === 0 ? names : [], permitted: uid === 0 ? names : [] };
}

function withInit(input: SpecInput, host: HostFacts): readonly string[] {
  if (!input.init) return input.args;
  if (host.initPath === undefined) {
    throw new AppError(
      'invalid',
      '--init needs a static init program, and this machine has none: install the package catatonit or tini',
    );
  }
  return [initDestination, '--', ...input.args];
}

/** runc has a field for it only since 1.2. The host's own domain is not for a container to change. */
const domainOf = ({ domainname, uts }: SpecInput): Readonly<Record<string, string>> =>
  domainname === '' || uts === 'host' ? {} : { 'kernel.domainname': domainname };

function linuxOf(
  input: SpecInput,
  host: HostFacts,
  devices: readonly HostDevice[],
  seccomp: OciSeccomp | undefined,
): OciLinux {
  const open = input.privileged;
  const allow = devices.map(({ type, major, minor, access }) => ({ allow: true, type, major, minor, access }));
  const sysctl = { ...domainOf(input), ...input.sysctls };
  return {
    ...(Object.keys(sysctl).length === 0 ? {} : { sysctl }),
    cgroupsPath: input.cgroupPath,
    namespaces: namespacesOf(input),
    ...(devices.length === 0 ? {} : { devices: devices.map(({ access: _, ...node }) => node) }),
    resources: {
      devices: open
        ? [{ allow: true, access: 'rwm' }]
        : [...defaultDeviceRules, ...allow, ...(input.deviceRules ?? []).map(deviceRule)],
      ...resourcesOf(input.resources, host.cgroup),
    },
    ...(seccomp === undefined ? {} : { seccomp }),
    maskedPaths: input.maskedPaths ?? (open ? [] : defaultMaskedPaths),
    readonlyPaths: input.readonlyPaths ?? (open ? [] : defaultReadonlyPaths),
  };
}

function ipcNamespace(ipc: SpecInput['ipc']): 'private' | 'host' | { readonly path: string } {
  if (ipc === 'host') return ipc;
  return typeof ipc === 'object' && ipc.path !== undefined ? { path: ipc.path } : 'private';
}

function namespacesOf(input: SpecInput): OciLinux['namespaces'] {
  const joined = (type: string, which: 'private' | 'host' | { readonly path: string }) => {
    if (which === 'host') return [];
    return [which === 'private' ? { type } : { type, path: which.path }];
  };
  return [
    { type: 'mount' },
    ...(input.netns === 'host' ? [] : [{ type: 'network', path: input.netns }]),
    ...joined('uts', input.uts),
    ...joined('pid', input.pid),
    ...joined('ipc', ipcNamespace(input.ipc)),
    ...joined('cgroup', input.cgroupns),
  ];
}

function seccompOf(input: SpecInput, host: HostFacts, capabilities: readonly string[]): OciSeccomp | undefined {
  if (input.privileged || input.seccomp === 'unconfined') return undefined;
  const builtIn = input.seccomp === '' || input.seccomp === 'builtin';
  const profile = builtIn ? host.seccomp : parseProfile(input.seccomp);
  return profile === undefined ? undefined : toOciSeccomp(profile, { ...host, capabilities });
}
