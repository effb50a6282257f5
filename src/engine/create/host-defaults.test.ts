import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerCreateInput, parseContainerCreate } from '../../contract/index.ts';
import { warningsOf, withDefaults } from './host-defaults.ts';

const host = (HostConfig: ContainerCreateInput['HostConfig']) => parseContainerCreate({ HostConfig }).HostConfig;

test('withDefaults() gives memory as much swap again, unless swap was asked for', () => {
  const swap = (input: ContainerCreateInput['HostConfig']) => withDefaults(host(input), { cgroup: '1' }).MemorySwap;
  assert.equal(swap({ Memory: 64 << 20 }), 128 << 20);
  assert.equal(swap({ Memory: 64 << 20, MemorySwap: -1 }), -1);
  assert.equal(swap({}), 0);
});

test('withDefaults() writes down which control groups and paths a container sees', () => {
  const { CgroupnsMode, MaskedPaths, ReadonlyPaths } = withDefaults(host({}), { cgroup: '2' });
  assert.equal(CgroupnsMode, 'private');
  assert.ok(MaskedPaths?.includes('/proc/kcore') && ReadonlyPaths?.includes('/proc/sys'));
  const open = withDefaults(host({ Privileged: true }), { cgroup: '2' });
  assert.deepEqual([open.CgroupnsMode, open.MaskedPaths, open.ReadonlyPaths], ['host', null, null]);
  assert.equal(withDefaults(host({}), { cgroup: '1' }).CgroupnsMode, 'host');
});

for (const c of [
  { input: { NetworkMode: 'host', PublishAllPorts: true }, machine: {}, text: /^Published ports are discarded/ },
  { input: { OomKillDisable: true }, machine: {}, text: /no memory limit is set/ },
  { input: { OomKillDisable: true }, machine: { cgroup: '2' }, text: /OomKillDisable discarded/ },
  { input: { MemorySwappiness: 10 }, machine: { cgroup: '2' }, text: /Memory swappiness discarded/ },
  { input: { BlkioWeight: 100 }, machine: { blkioWeight: false }, text: /Weight discarded/ },
] as const) {
  test(`warningsOf() says ${c.text.source}`, () => {
    const [warning, ...more] = warningsOf(host(c.input), { cgroup: '1', blkioWeight: true, ...c.machine });
    assert.match(warning ?? '', c.text);
    assert.deepEqual(more, []);
  });
}
