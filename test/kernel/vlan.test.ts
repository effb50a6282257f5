import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, type NetworkLab } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';
import { lacks } from './link-kinds.ts';
import { linksOf, macvlan, refused, startPlugged } from './macvlan-lab.ts';
import type { FarHost } from './segment.ts';

const a = containerId('a');
const b = containerId('b');
const skip = lacks('vlan');

const pool10 = { subnet: '198.51.100.0/24', ipRange: '198.51.100.128/26', gateway: '198.51.100.1' };
const shared10 = { subnet: '198.51.100.0/24', ipRange: '198.51.100.64/26' };
const on10 = (name: string, pool = pool10) => macvlan(name, { parent: 'eth0.10' }, pool);

/** The far host speaks VLAN 10 on the segment, too. */
function trunk(far: FarHost): void {
  far.run('ip', 'link', 'add', 'link', 'br0', 'name', 'br0.10', 'up', 'type', 'vlan', 'id', '10');
  far.run('ip', 'addr', 'add', '198.51.100.1/24', 'dev', 'br0.10');
}

const vlanOf = (lab: NetworkLab) =>
  lab.ipJson<{ ifalias?: string; linkinfo: { info_kind: string; info_data: { id: number } } }>(
    '-d link show eth0.10',
  )[0]!;

test('a VLAN parent is made, carries the number, and goes with the last network on it', { skip }, async (t) => {
  const { lab, far } = await startPlugged(t);
  trunk(far);
  const before = linksOf(lab);
  await lab.network.createNetwork(on10('one'));
  assert.equal(vlanOf(lab).linkinfo.info_kind, 'vlan');
  assert.equal(vlanOf(lab).linkinfo.info_data.id, 10);
  assert.equal(vlanOf(lab).ifalias, 'portolan-lab:parent:eth0.10');
  await lab.up(a, ['one']);
  assert.ok(lab.pings(a, '198.51.100.1'));
  assert.ok(far.pings(lab.address(a, 'one')));

  await lab.network.createNetwork(on10('two', shared10 as typeof pool10));
  await lab.up(b, ['two']);
  assert.ok(lab.pings(a, lab.address(b, 'two')));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  await lab.network.forget(a);
  await lab.network.removeNetwork('one');
  assert.ok(linksOf(lab).includes('eth0.10'), 'the other network stands on it');
  assert.ok(lab.pings(b, '198.51.100.1'));
  await lab.network.forget(b);
  await lab.network.removeNetwork('two');
  assert.deepEqual(linksOf(lab), before);
});

test('networks on one VLAN that come and go at the same time leave nothing', { skip }, async (t) => {
  const { lab } = await startPlugged(t);
  const before = linksOf(lab);
  const names = ['one', 'two', 'three', 'four'];
  const ranges = ['0/26', '64/26', '128/26', '192/26'];
  await Promise.all(
    names.map((name, index) =>
      lab.network.createNetwork(
        on10(name, { subnet: '198.51.100.0/24', ipRange: `198.51.100.${ranges[index]}` } as typeof pool10),
      ),
    ),
  );
  assert.ok(linksOf(lab).includes('eth0.10'));
  await Promise.all([
    ...names.map((name) => lab.network.removeNetwork(name)),
    lab.network.createNetwork(macvlan('five', { parent: 'eth0.10' }, {})),
  ]);
  assert.ok(linksOf(lab).includes('eth0.10'), 'the one that came last stands on it');
  await lab.network.removeNetwork('five');
  assert.deepEqual(linksOf(lab), before);
});

test('a VLAN link that was there is used as it is and stays', { skip }, async (t) => {
  const { lab, far } = await startPlugged(t);
  trunk(far);
  lab.ip('link add link eth0 name eth0.10 up type vlan id 10');
  await lab.network.createNetwork(on10('one'));
  await lab.up(a, ['one']);
  assert.ok(lab.pings(a, '198.51.100.1'));
  assert.equal(vlanOf(lab).ifalias, undefined);
  await lab.restart();
  await lab.network.forget(a);
  await lab.network.removeNetwork('one');
  assert.ok(linksOf(lab).includes('eth0.10'));
});

test('repair() makes a deleted VLAN link again, and the containers on it', { skip }, async (t) => {
  const { lab, far } = await startPlugged(t);
  trunk(far);
  await lab.network.createNetwork(on10('one'));
  await lab.up(a, ['one']);
  lab.ip('link del eth0.10');
  assert.ok(!lab.pings(a, '198.51.100.1'));
  const { restored } = await lab.network.repair();
  assert.match(restored.join('\n'), /added link eth0.10 \(parent eth0.10\)/);
  assert.ok(lab.pings(a, '198.51.100.1'));
  lab.ip('link del eth0.10');
  await lab.up(b, ['one']);
  assert.ok(lab.pings(b, '198.51.100.1'), 'a container that starts mends it, too');
});

test('a VLAN link that somebody deletes is made again with what stood on it, by nobody’s command', {
  skip,
}, async (t) => {
  const { lab, far } = await startPlugged(t);
  trunk(far);
  await lab.network.createNetwork(on10('one'));
  await lab.up(a, ['one']);
  lab.ip('link del eth0.10');
  await until('an answer', () => lab.pings(a, '198.51.100.1'), { everyMs: 100 });
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('a VLAN on a parent that is down or has that number already is refused, and leaves nothing', {
  skip,
}, async (t) => {
  const { lab } = await startPlugged(t);
  lab.ip('link add link eth0 name other type vlan id 10');
  const before = linksOf(lab);
  const text = /^failed to create eth0.10 vlan link: file exists: eth0 has a link of that number/;
  await assert.rejects(lab.network.createNetwork(on10('one')), refused('conflict', text));
  lab.ip('link del other');
  lab.ip('link set eth0 down');
  await assert.rejects(
    lab.network.createNetwork(on10('one')),
    refused('internal', /^failed to create eth0.10 vlan link: network is down: set eth0 up first/),
  );
  assert.deepEqual(
    linksOf(lab),
    before.filter((name) => name !== 'other'),
  );
});

const without = skip === false ? 'this kernel has VLAN links' : false;
test('a kernel without VLAN links: the refusal names the module, and leaves nothing', { skip: without }, async (t) => {
  const { lab } = await startPlugged(t);
  const before = [linksOf(lab), lab.network.networks().length];
  const text =
    'failed to create eth0.10 vlan link: operation not supported: this kernel has no links of kind vlan; its module is 8021q (modprobe 8021q)';
  await assert.rejects(lab.network.createNetwork(on10('one')), refused('not-implemented', text));
  assert.deepEqual([linksOf(lab), lab.network.networks().length], before);
});
