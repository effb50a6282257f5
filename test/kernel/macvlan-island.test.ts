import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, networkCreate } from '../lab/network-lab.ts';
import { lacks } from './link-kinds.ts';
import { linksOf, refused, startPlugged } from './macvlan-lab.ts';
import { farAddress } from './segment.ts';

const a = containerId('a');
const b = containerId('b');
const skip = lacks('dummy');

for (const driver of ['macvlan', 'ipvlan'] as const) {
  const lacking = driver === 'ipvlan' ? lacks('dummy', 'ipvlan') : skip;
  test(`${driver} without a parent: containers have each other and nobody else`, { skip: lacking }, async (t) => {
    const { lab } = await startPlugged(t);
    const before = linksOf(lab);
    const network = await lab.network.createNetwork(networkCreate('island', { driver }));
    assert.equal(network.internal, true);
    assert.ok(linksOf(lab).includes(`d${driver[0]}-${network.id.slice(0, 12)}`));
    await lab.up(a, ['island']);
    await lab.up(b, ['island']);
    assert.ok(lab.pings(a, lab.address(b, 'island')));
    assert.ok(!lab.pings(a, farAddress));
    assert.equal(lab.inside(a, 'ip', 'route', 'show', 'default'), '');
    assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
    lab.ip(`link del d${driver[0]}-${network.id.slice(0, 12)}`);
    await lab.network.repair();
    assert.ok(lab.pings(a, lab.address(b, 'island')));
    await lab.network.forget(a);
    await lab.network.forget(b);
    await lab.network.removeNetwork('island');
    assert.deepEqual(linksOf(lab), before);
  });
}

const without = skip === false ? 'this kernel has dummy links' : false;
test('a kernel without dummy links: the refusal names the module, and leaves nothing', { skip: without }, async (t) => {
  const { lab } = await startPlugged(t);
  const before = [linksOf(lab), lab.network.networks().length];
  const text = /^failed to create the dummy link dm-[0-9a-f]{12}: operation not supported: .*\(modprobe dummy\)$/;
  await assert.rejects(
    lab.network.createNetwork(networkCreate('island', { driver: 'macvlan' })),
    refused('not-implemented', text),
  );
  assert.deepEqual([linksOf(lab), lab.network.networks().length], before);
});
