import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { type ContainerCreateInput, parseContainerCreate } from '../../contract/index.ts';
import { withLogging } from './log-options.ts';
import { checkCreate, checkName } from './validate.ts';

function check(input: ContainerCreateInput): void {
  const { Config, HostConfig } = parseContainerCreate(input);
  checkCreate(Config, withLogging(HostConfig, { Type: 'json-file', Config: {} }));
}

for (const c of [
  {
    name: 'memory below the least',
    input: { HostConfig: { Memory: 1024 } },
    text: 'Minimum memory limit allowed is 6MB',
  },
  {
    name: 'more CPUs than there are',
    input: { HostConfig: { NanoCpus: 1e12 } },
    text: `range of CPUs is from 0.01 to ${availableParallelism()}.00, as there are only ${availableParallelism()} CPUs available`,
  },
  {
    name: '--rm with a restart policy',
    input: { HostConfig: { AutoRemove: true, RestartPolicy: { Name: 'always' } } },
    text: "can't create 'AutoRemove' container with restart policy",
  },
  {
    name: 'an unknown restart policy',
    input: { HostConfig: { RestartPolicy: { Name: 'often' } } },
    text: /unknown policy 'often'/,
  },
  { name: 'a relative working directory', input: { WorkingDir: 'here' }, text: /needs to be an absolute path/ },
  {
    name: 'an unknown log driver',
    input: { HostConfig: { LogConfig: { Type: 'smoke' } } },
    text: 'error looking up logging plugin smoke: plugin "smoke" not found',
  },
  {
    name: 'a shared network and a host name',
    input: { Hostname: 'h', HostConfig: { NetworkMode: 'container:x' } },
    text: 'conflicting options: hostname and the network mode',
  },
  {
    name: 'a shared network and a published port',
    input: { HostConfig: { NetworkMode: 'container:x', PortBindings: { '80/tcp': [] } } },
    text: 'conflicting options: port publishing and the container type network mode',
  },
  {
    name: 'an unknown log option',
    input: { HostConfig: { LogConfig: { Type: 'json-file', Config: { colour: 'red' } } } },
    text: "unknown log opt 'colour' for json-file log driver",
  },
  {
    name: 'a log size that is none',
    input: { HostConfig: { LogConfig: { Type: 'json-file', Config: { 'max-size': 'much' } } } },
    text: "failed to initialize logging driver: invalid size: 'much'",
  },
  {
    name: 'compression of logs that are not rotated',
    input: { HostConfig: { LogConfig: { Type: 'json-file', Config: { compress: 'true' } } } },
    text: /compress cannot be true when max-file is less than 2 or max-size is not set/,
  },
  {
    name: 'a CPU that is not there',
    input: { HostConfig: { CpusetCpus: '0,4097' } },
    text: /^Requested CPUs are not available - requested 0,4097, available: 0/,
  },
  {
    name: 'a set of memory nodes that is no list',
    input: { HostConfig: { CpusetMems: '2-1' } },
    text: 'Invalid value 2-1 for cpuset mems: invalid format: 2-1',
  },
  {
    name: 'negative CPU shares',
    input: { HostConfig: { CpuShares: -1 } },
    text: 'invalid CPU shares (-1): value must be a positive integer',
  },
  {
    name: 'a swappiness above 100',
    input: { HostConfig: { MemorySwappiness: 200 } },
    text: 'Invalid value: 200, valid memory swappiness range is 0-100',
  },
  {
    name: 'a small reservation of memory',
    input: { HostConfig: { MemoryReservation: 1 } },
    text: 'Minimum memory reservation allowed is 6MB',
  },
  { name: 'an unknown IPC mode', input: { HostConfig: { IpcMode: 'odd' } }, text: 'invalid IPC mode: odd' },
  {
    name: 'an unknown PID mode',
    input: { HostConfig: { PidMode: 'container:' } },
    text: 'invalid PID mode: container:',
  },
  {
    name: 'a host name of its own with the host’s UTS namespace',
    input: { Hostname: 'h', HostConfig: { UTSMode: 'host' } },
    text: 'conflicting options: hostname and the UTS mode',
  },
  {
    name: 'another system’s isolation',
    input: { HostConfig: { Isolation: 'hyperv' } },
    text: /only supports 'default'/,
  },
  {
    name: 'an unknown capability, also with --privileged',
    input: { HostConfig: { Privileged: true, CapDrop: ['FLY'] } },
    text: 'invalid CapDrop: unknown capability: "CAP_FLY"',
  },
  {
    name: 'an unknown security option',
    input: { HostConfig: { SecurityOpt: ['lock=tight'] } },
    text: 'invalid --security-opt 2: "lock=tight"',
  },
  {
    name: 'a score beyond the kernel’s range',
    input: { HostConfig: { OomScoreAdj: 1001 } },
    text: 'Invalid value 1001, range for oom score adj is [-1000, 1000]',
  },
  { name: 'a nameless variable', input: { Env: ['=x'] }, text: 'invalid environment variable: =x' },
  {
    name: 'a negative size of /dev/shm',
    input: { HostConfig: { ShmSize: -1 } },
    text: 'SHM size can not be less than 0',
  },
  {
    name: 'a size of the root file system',
    input: { HostConfig: { StorageOpt: { size: '1G' } } },
    text: /^--storage-opt is supported only for/,
  },
  {
    name: 'an address of --add-host that is none',
    input: { HostConfig: { ExtraHosts: ['a:999.1.1.1'] } },
    text: 'invalid IP address in add-host: "999.1.1.1"',
  },
  {
    name: 'a health check more often than a machine can',
    input: { Healthcheck: { Interval: 5 } },
    text: 'Interval in Healthcheck cannot be less than 1ms',
  },
] as { name: string; input: ContainerCreateInput; text: string | RegExp }[]) {
  test(`checkCreate() refuses ${c.name}`, () => {
    assert.throws(() => check(c.input), { name: 'AppError', kind: 'invalid', message: c.text });
  });
}

test('checkName() takes a leading slash off and refuses what Docker refuses', () => {
  assert.equal(checkName('/web-1'), 'web-1');
  for (const bad of ['', 'a', '-web', 'we b', '../x']) assert.throws(() => checkName(bad), /only \[a-zA-Z0-9\]/);
});

test('checkCreate() refuses devices that a driver would have to give, as Docker without one', () => {
  const DeviceRequests = [{ Count: -1, Capabilities: [['gpu']] }];
  const message = 'could not select device driver "" with capabilities: [[gpu]]';
  assert.throws(() => check({ HostConfig: { DeviceRequests } }), { kind: 'internal', message });
});

test('checkCreate() takes addresses of every form of --add-host, and logs that are rotated', () => {
  check({ HostConfig: { ExtraHosts: ['a:1.2.3.4', 'b=::1', 'c:[fe80::1]', 'd:host-gateway'] } });
  check({ HostConfig: { LogConfig: { Type: 'json-file', Config: { 'max-size': '1.5m', 'max-file': '3' } } } });
});
