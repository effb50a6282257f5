import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpecInput } from '../types.ts';
import type { HostFacts } from './host.ts';
import { buildSpec } from './spec.ts';

const host: HostFacts = {
  capabilities: ['CAP_CHOWN', 'CAP_SYS_ADMIN'],
  limits: { nofile: 20000 },
  cgroup: { version: '1', swap: true, blkioWeight: false },
  arch: 'x64',
  kernel: '6.1.0',
  seccomp: { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names: ['read'], action: 'SCMP_ACT_ALLOW' }] },
  initPath: '/usr/bin/tini-static',
};

const noLimits: SpecInput['resources'] = {
  memoryBytes: 0,
  memorySwapBytes: 0,
  memoryReservationBytes: 0,
  cpuShares: 0,
  cpuQuotaUs: 0,
  cpuPeriodUs: 0,
  cpusetCpus: '',
  cpusetMems: '',
  pidsLimit: 0,
  blkioWeight: 0,
  oomKillDisable: false,
};

const plain: SpecInput = {
  id: 'abc',
  rootfs: '/root/fs',
  readonlyRootfs: false,
  args: ['sh', '-c', 'true'],
  env: ['PATH=/bin'],
  cwd: '/work',
  user: { uid: 0, gid: 0, additionalGids: [0, 10] },
  tty: false,
  hostname: 'box',
  domainname: '',
  mounts: [],
  netns: '/run/netns/x',
  pid: 'private',
  ipc: 'private',
  uts: 'private',
  cgroupns: 'host',
  privileged: false,
  capAdd: [],
  capDrop: [],
  seccomp: '',
  noNewPrivileges: false,
  devices: [],
  sysctls: {},
  ulimits: [],
  shmBytes: 67_108_864,
  init: false,
  oomScoreAdj: 0,
  resources: noLimits,
  cgroupPath: '/docker/abc',
  labels: {},
};
const build = (some: Partial<SpecInput>) => buildSpec({ ...plain, ...some }, host);

test('buildSpec: a plain container has Docker’s namespaces, mounts, rules and paths', () => {
  const spec = build({});
  assert.deepEqual(spec.linux.namespaces, [
    { type: 'mount' },
    { type: 'network', path: '/run/netns/x' },
    { type: 'uts' },
    { type: 'pid' },
    { type: 'ipc' },
  ]);
  assert.deepEqual(
    spec.mounts.map(({ destination, type, options }) => `${destination} ${type} ${options.join(',')}`),
    [
      '/proc proc nosuid,noexec,nodev',
      '/dev tmpfs nosuid,strictatime,mode=755,size=65536k',
      '/dev/pts devpts nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5',
      '/sys sysfs nosuid,noexec,nodev,ro',
      '/sys/fs/cgroup cgroup ro,nosuid,noexec,nodev',
      '/dev/mqueue mqueue nosuid,noexec,nodev',
      '/dev/shm tmpfs nosuid,noexec,nodev,mode=1777,size=67108864',
    ],
  );
  assert.equal(spec.process.capabilities.effective.length, 14);
  assert.deepEqual(spec.linux.resources.devices?.[0], { allow: false, access: 'rwm' });
  assert.ok(spec.linux.maskedPaths.includes('/proc/kcore') && spec.linux.readonlyPaths.includes('/proc/sys'));
  assert.deepEqual([spec.hostname, spec.linux.cgroupsPath, spec.process.cwd], ['box', '/docker/abc', '/work']);
});

test('buildSpec: a privileged container has the engine’s capabilities, no masks, no filter, every device', () => {
  const spec = build({ privileged: true });
  assert.deepEqual(spec.process.capabilities.bounding, host.capabilities);
  assert.deepEqual([spec.linux.maskedPaths, spec.linux.readonlyPaths, spec.linux.seccomp], [[], [], undefined]);
  assert.deepEqual(spec.linux.resources.devices, [{ allow: true, access: 'rwm' }]);
  assert.ok(spec.mounts.find(({ destination }) => destination === '/sys')?.options.includes('rw'));
});

test('buildSpec: a user other than root has capabilities to reach, none to start with', () => {
  const { capabilities } = build({ user: { uid: 1000, gid: 1000, additionalGids: [] } }).process;
  assert.deepEqual([capabilities.effective, capabilities.permitted, capabilities.bounding.length], [[], [], 14]);
});

test('buildSpec: the host’s namespaces are left out, others’ are joined', () => {
  const spec = build({
    netns: 'host',
    pid: 'host',
    uts: 'host',
    ipc: { path: '/proc/7/ns/ipc', shm: '/run/7/shm' },
    cgroupns: 'private',
  });
  assert.deepEqual(spec.linux.namespaces, [
    { type: 'mount' },
    { type: 'ipc', path: '/proc/7/ns/ipc' },
    { type: 'cgroup' },
  ]);
  assert.equal(spec.hostname, undefined);
  assert.equal(spec.mounts.find(({ destination }) => destination === '/dev/shm')?.source, '/run/7/shm');
});

test('buildSpec: a shared /dev/shm lies on the host, and one may have none', () => {
  const of = (ipc: SpecInput['ipc']) => {
    const { mounts, linux } = build({ ipc });
    assert.ok(linux.namespaces.some(({ type, path }) => type === 'ipc' && path === undefined));
    return mounts.find(({ destination }) => destination === '/dev/shm')?.source;
  };
  assert.equal(of({ shm: '/run/abc/shm' }), '/run/abc/shm');
  assert.equal(of('none'), undefined);
});

test('buildSpec: a mount of the user replaces the one every container has', () => {
  const own = { destination: '/dev/shm', type: 'tmpfs', source: 'tmpfs', options: ['size=1m'] } as const;
  const shm = build({ mounts: [own] }).mounts.filter(({ destination }) => destination === '/dev/shm');
  assert.deepEqual(shm, [own]);
});

test('buildSpec: --init runs the machine’s init program in front, or says what to install', () => {
  const spec = build({ init: true });
  assert.deepEqual(spec.process.args, ['/sbin/docker-init', '--', 'sh', '-c', 'true']);
  assert.equal(spec.mounts.at(-1)?.source, '/usr/bin/tini-static');
  assert.throws(() => buildSpec({ ...plain, init: true }, { ...host, initPath: undefined }), {
    kind: 'invalid',
    message: /install the package catatonit or tini$/,
  });
});

test('buildSpec: limits in use are written, others left to the kernel', () => {
  assert.deepEqual(build({}).linux.resources.memory, undefined);
  const resources = {
    ...noLimits,
    memoryBytes: 100,
    cpuQuotaUs: 50_000,
    cpuPeriodUs: 100_000,
    pidsLimit: 9,
    blkioWeight: 500,
  };
  const { devices: _, ...written } = build({ resources }).linux.resources;
  assert.deepEqual(written, {
    memory: { limit: 100, swap: 200 },
    cpu: { quota: 50_000, period: 100_000 },
    pids: { limit: 9 },
  });
});

test('buildSpec: a limit of the process above the engine’s own is refused', () => {
  const limit = (hard: number) => build({ ulimits: [{ name: 'nofile', soft: 100, hard }] }).process.rlimits;
  assert.deepEqual(limit(20_000), [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 20_000 }]);
  assert.throws(() => limit(20_001), /is above what this engine may give/);
});

test('buildSpec: the filter is the default, none, or the one given', () => {
  assert.equal(build({}).linux.seccomp?.defaultAction, 'SCMP_ACT_ERRNO');
  assert.equal(build({ seccomp: 'unconfined' }).linux.seccomp, undefined);
  const own = build({ seccomp: '{"defaultAction":"SCMP_ACT_LOG","syscalls":[]}' });
  assert.deepEqual(own.linux.seccomp, { defaultAction: 'SCMP_ACT_LOG', syscalls: [] });
  assert.throws(() => build({ seccomp: '{' }), { kind: 'invalid', message: /^Decoding seccomp profile failed: / });
});

test('buildSpec: devices are made and allowed', () => {
  const device = {
    path: '/dev/x',
    type: 'c',
    major: 10,
    minor: 200,
    fileMode: 0o600,
    uid: 0,
    gid: 0,
    access: 'rw',
  } as const;
  const { linux } = buildSpec(plain, host, [device]);
  assert.deepEqual(linux.resources.devices?.at(-1), { allow: true, type: 'c', major: 10, minor: 200, access: 'rw' });
  const { access: _, ...node } = device;
  assert.deepEqual(linux.devices, [node]);
});

test('buildSpec: a domain name is the container’s own, and not the host’s', () => {
  assert.deepEqual(build({ domainname: 'example.org' }).linux.sysctl, { 'kernel.domainname': 'example.org' });
  assert.equal(build({ domainname: 'example.org', uts: 'host' }).linux.sysctl, undefined);
});

test('buildSpec: limits of memory, real time and devices reach the control groups', () => {
  const resources = {
    ...noLimits,
    memorySwappiness: 0,
    cpuRealtimePeriodUs: 1000,
    cpuRealtimeRuntimeUs: 500,
    throttles: { readBps: [{ major: 8, minor: 0, rate: 1024 }], writeBps: [], readIops: [], writeIops: [] },
    blkioWeightDevices: [{ major: 8, minor: 0, weight: 100 }],
  };
  const { memory, cpu, blockIO } = build({ resources }).linux.resources;
  assert.deepEqual(memory, { swappiness: 0 });
  assert.deepEqual(cpu, { realtimePeriod: 1000, realtimeRuntime: 500 });
  // This kernel weighs nothing; what it cannot do is left out.
  assert.deepEqual(blockIO, { throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1024 }] });
});

test('buildSpec: --device-cgroup-rule comes after the rules every container has', () => {
  const { devices = [] } = build({ deviceRules: ['c 42:* rmw', 'a *:* r'] }).linux.resources;
  assert.deepEqual(devices.slice(-2), [
    { allow: true, type: 'c', major: 42, access: 'rmw' },
    { allow: true, access: 'r' },
  ]);
});
