import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkCreate } from '../../src/network/index.ts';
import { containerId, endpoint, type NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { lacks } from './link-kinds.ts';
import { linksOf, refused, startPlugged } from './macvlan-lab.ts';
import { farAddress, labAddress } from './segment.ts';

const a = containerId('a');
const b = containerId('b');
const skip = lacks('ipvlan');

type Pools = NetworkCreate['ipam']['pools'];
const onSegment: Pools = [{ subnet: '192.0.2.0/24', ipRange: '192.0.2.128/26', gateway: farAddress }];

const ipvlan = (name: string, options: Readonly<Record<string, string>> = {}, pools = onSegment): NetworkCreate =>
  networkCreate(name, {
    driver: 'ipvlan',
    options: { parent: 'eth0', ...options },
    ipam: { driver: '', options: {}, pools },
  });

const hostPings = (lab: NetworkLab, address: string): boolean => {
  try {
    lab.run('ping', '-c3', '-i0.2', '-W1', address);
    return true;
  } catch {
    return false;
  }
};

test('l2: containers are on the segment behind the parent’s hardware address', { skip }, async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(ipvlan('lan'));
  await lab.up(a, ['lan']);
  await lab.up(b, ['lan']);
  assert.ok(far.pings(lab.address(a, 'lan')));
  assert.ok(lab.pings(a, farAddress));
  assert.ok(lab.pings(a, lab.address(b, 'lan')));
  assert.ok(!lab.pings(a, labAddress));
  const [parent] = lab.ipJson<{ address: string }>('link show eth0');
  assert.match(far.run('ip', 'neigh', 'show', lab.address(a, 'lan')), new RegExp(parent!.address));
  assert.equal(lab.network.endpointsOf(a)[0]!.lease!.mac, '');
  assert.match(lab.inside(a, 'ip', 'route'), /^default via 192.0.2.1 dev eth0/);
  assert.match(lab.inside(a, 'ip', '-d', 'link', 'show', 'eth0'), /ipvlan +mode l2 bridge/);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('private: containers do not hear each other', { skip }, async (t) => {
  const { lab } = await startPlugged(t);
  await lab.network.createNetwork(ipvlan('lan', { ipvlan_flag: 'private' }));
  await lab.up(a, ['lan']);
  await lab.up(b, ['lan']);
  assert.ok(lab.pings(a, farAddress));
  assert.ok(!lab.pings(a, lab.address(b, 'lan')));
});

test('vepa: a sister is reached by way of the switch alone', { skip }, async (t) => {
  const { lab } = await startPlugged(t);
  await lab.network.createNetwork(ipvlan('lan', { ipvlan_flag: 'vepa' }));
  await lab.up(a, ['lan']);
  await lab.up(b, ['lan']);
  assert.match(lab.inside(a, 'ip', '-d', 'link', 'show', 'eth0'), /ipvlan +mode l2 vepa/);
  assert.ok(lab.pings(a, farAddress));
  assert.ok(!lab.pings(a, lab.address(b, 'lan')), 'one that does not send back what it got');
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

for (const mode of ['l3', 'l3s']) {
  test(`${mode}: subnets reach each other and the outside by the link itself`, { skip }, async (t) => {
    const { lab, far } = await startPlugged(t);
    const pools = [{ subnet: '10.1.0.0/24' }, { subnet: '10.2.0.0/24', gateway: '10.2.0.1' }];
    const network = await lab.network.createNetwork(ipvlan('lan', { ipvlan_mode: mode }, pools));
    assert.ok(network.ipam.pools.every(({ gateway }) => gateway === undefined));
    await lab.network.connect(a, 'lan', endpoint({ ipv4: '10.1.0.9' }));
    await lab.network.connect(b, 'lan', endpoint({ ipv4: '10.2.0.9' }));
    await lab.network.sandboxUp(lab.sandbox(a));
    await lab.network.sandboxUp(lab.sandbox(b));
    assert.match(lab.inside(a, 'ip', 'route', 'show', 'default'), /^default dev eth0/);
    assert.ok(lab.pings(a, '10.2.0.9'));
    far.run('ip', 'route', 'add', '10.1.0.0/24', 'via', labAddress);
    assert.ok(far.pings('10.1.0.9'));
    assert.ok(lab.pings(a, farAddress));
    assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  });
}

test('host access works in l2 and l3', { skip }, async (t) => {
  const { lab } = await startPlugged(t);
  for (const mode of ['l2', 'l3']) {
    await lab.network.createNetwork(ipvlan('lan', { ipvlan_mode: mode, 'com.portolan.host_access': 'true' }));
    await lab.up(a, ['lan']);
    assert.ok(hostPings(lab, lab.address(a, 'lan')), mode);
    assert.ok(lab.pings(a, '192.0.2.128'), mode);
    assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
    await lab.network.forget(a);
    await lab.network.removeNetwork('lan');
  }
  assert.ok(!linksOf(lab).some((name) => name.startsWith('hi-')));
});

test('a container that restarts at once has its address again; what was deleted inside is made again', {
  skip,
}, async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(ipvlan('lan'));
  await lab.up(a, ['lan']);
  const address = lab.address(a, 'lan');
  await lab.network.sandboxUp(lab.sandbox(a));
  assert.equal(lab.address(a, 'lan'), address);
  assert.ok(far.pings(address));
  lab.inside(a, 'ip', 'link', 'del', 'eth0');
  await lab.network.repair();
  assert.ok(far.pings(address));
  await lab.restart();
  assert.ok(far.pings(address));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('an engine that was killed while a container ended: the next one has the place as soon as it is free', {
  skip,
}, async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(ipvlan('lan'));
  await lab.network.connect(a, 'lan', endpoint({ ipv4: '192.0.2.150' }));
  await lab.network.sandboxUp(lab.sandbox(a));
  lab.killHalfway(a);
  await lab.restart();
  await lab.network.sandboxUp(lab.sandbox(a));
  assert.ok(far.pings('192.0.2.150'));
});

const without = skip === false ? 'this kernel has ipvlan links' : false;
test('a kernel without ipvlan: the network is refused, the module named, and nothing is left', {
  skip: without,
}, async (t) => {
  const { lab } = await startPlugged(t);
  const before = [linksOf(lab), lab.network.networks().length];
  const text =
    'failed to create the ipvlan port: operation not supported: this kernel has no links of kind ipvlan; its module is ipvlan (modprobe ipvlan)';
  await assert.rejects(lab.network.createNetwork(ipvlan('lan')), refused('not-implemented', text));
  assert.deepEqual([linksOf(lab), lab.network.networks().length], before);
});
