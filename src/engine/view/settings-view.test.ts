import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerCreateInput, parseContainerCreate } from '../../contract/index.ts';
import { configView, hostConfigView } from './settings-view.ts';

function record(input: ContainerCreateInput) {
  const { Config, HostConfig } = parseContainerCreate(input);
  return { config: Config, hostConfig: HostConfig } as never;
}

test('configView() leaves out what was not set, as Docker’s encoder does', () => {
  const view = configView(record({ Image: 'x' }));
  for (const key of ['ExposedPorts', 'Healthcheck', 'MacAddress', 'Shell', 'StopSignal', 'StopTimeout'])
    assert.ok(!(key in view), key);
  assert.equal(view.Volumes, null);
  assert.equal(view.OnBuild, null);
});

test('configView() keeps a stop timeout of 0, and the times of a health check that were set', () => {
  const view = configView(record({ StopTimeout: 0, Healthcheck: { Test: ['CMD', 'x'], Interval: 5 } }));
  assert.equal(view.StopTimeout, 0);
  assert.deepEqual(view.Healthcheck, { Test: ['CMD', 'x'], Interval: 5 });
});

test('hostConfigView() shows lists of nothing as null, and only the mounts’ fields that were set', () => {
  const view = hostConfigView(record({ HostConfig: { Init: false, Mounts: [{ Type: 'tmpfs', Target: '/t' }] } }));
  assert.deepEqual([view.Binds, view.CapAdd, view.Init], [null, null, false]);
  assert.deepEqual(view.Mounts, [{ Type: 'tmpfs', Target: '/t' }]);
  assert.ok(!('Sysctls' in view) && !('Tmpfs' in view));
});
