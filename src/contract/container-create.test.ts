import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContainerCreate } from './container-create.ts';

test('parseContainerCreate() takes null, missing and zero for the same', () => {
  const missing = parseContainerCreate({});
  const nulls = parseContainerCreate({
    Env: null,
    Cmd: null,
    Entrypoint: [],
    Labels: null,
    Tty: null,
    Healthcheck: null,
    ExposedPorts: null,
    HostConfig: { PortBindings: null, RestartPolicy: null, LogConfig: { Type: '', Config: null }, ShmSize: 0 },
    NetworkingConfig: null,
  });
  assert.deepEqual(nulls, missing);
});

test('parseContainerCreate() fills in the defaults that do not depend on the machine', () => {
  const { HostConfig } = parseContainerCreate({ HostConfig: { NetworkMode: 'default' } });
  assert.equal(HostConfig.NetworkMode, 'bridge');
  assert.deepEqual(HostConfig.RestartPolicy, { Name: 'no', MaximumRetryCount: 0 });
  assert.deepEqual(HostConfig.LogConfig, { Type: '', Config: {} });
  assert.equal(HostConfig.ShmSize, 64 << 20);
  assert.equal(HostConfig.Runtime, 'runc');
  assert.equal(HostConfig.PidsLimit, null);
});

test('parseContainerCreate() keeps what zero means where unset is something else', () => {
  const body = parseContainerCreate({ StopTimeout: 0, Entrypoint: [''], HostConfig: { Init: false, PidsLimit: 0 } });
  assert.equal(body.Config.StopTimeout, 0);
  assert.deepEqual(body.Config.Entrypoint, ['']);
  assert.equal(body.HostConfig.Init, false);
  assert.equal(body.HostConfig.PidsLimit, 0);
});

test('parseContainerCreate() takes a command as one text too', () => {
  assert.deepEqual(parseContainerCreate({ Cmd: 'true' }).Config.Cmd, ['true']);
});

test('parseContainerCreate() calls the network "default" bridge and keeps the order', () => {
  const body = parseContainerCreate({
    NetworkingConfig: { EndpointsConfig: { b: { Aliases: ['x'] }, default: null, a: { GwPriority: 5 } } },
  });
  assert.deepEqual(Object.keys(body.Endpoints), ['b', 'bridge', 'a']);
  assert.deepEqual(body.Endpoints['b']?.Aliases, ['x']);
  assert.equal(body.Endpoints['a']?.GwPriority, 5);
});

test('parseContainerCreate() takes one capability without a list, and half a size', () => {
  const { HostConfig } = parseContainerCreate({ HostConfig: { CapAdd: 'ALL', ConsoleSize: [24] } });
  assert.deepEqual(HostConfig.CapAdd, ['ALL']);
  assert.deepEqual(HostConfig.ConsoleSize, [24, 0]);
});

test('parseContainerCreate() ignores keys that it does not know', () => {
  assert.deepEqual(parseContainerCreate({ Nope: 1, HostConfig: { Nope: [] } }), parseContainerCreate({}));
});

for (const [body, text] of [
  [[], /cannot use array as body: want an object/],
  ['x', /cannot use string as body/],
  [{ Image: 1 }, /cannot use number as Image: want string/],
  [{ HostConfig: [] }, /cannot use array as HostConfig: want an object/],
  [{ HostConfig: { Memory: 'lots' } }, /cannot use string as HostConfig\.Memory: want number/],
  [{ HostConfig: { Memory: 1.5 } }, /HostConfig\.Memory: want a whole number/],
  [{ HostConfig: { Mounts: [{ Target: {} }] } }, /HostConfig\.Mounts\.0\.Target: want string/],
  [{ Env: ['A=b', 2] }, /Env\.1: want string/],
  [{ Labels: ['a'] }, /cannot use array as Labels: want an object/],
  [{ Healthcheck: [] }, /cannot use array as Healthcheck: want an object/],
  [{ ExposedPorts: [] }, /cannot use array as ExposedPorts: want an object/],
  [{ Volumes: { '/data': 1 } }, /cannot use number as Volumes\.\/data: want an object/],
  [{ OnBuild: 'x' }, /cannot use string as OnBuild: want array/],
  [{ HostConfig: { Mounts: [[]] } }, /cannot use array as HostConfig\.Mounts\.0: want an object/],
  [{ HostConfig: { Sysctls: [] } }, /cannot use array as HostConfig\.Sysctls: want an object/],
  [{ HostConfig: { CpuCount: 'x' } }, /cannot use string as HostConfig\.CpuCount: want number/],
  [{ HostConfig: { IOMaximumIOps: 1 } }, /invalid option: QoS maximum IOPs configuration is not supported on linux/],
] as const) {
  test(`parseContainerCreate() refuses ${JSON.stringify(body)}`, () => {
    assert.throws(() => parseContainerCreate(body), text);
  });
}
