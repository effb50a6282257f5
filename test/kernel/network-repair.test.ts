import assert from 'node:assert/strict';
import { existsSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Mark } from '../../src/network/reconcile/mark.ts';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const a = containerId('a');
const b = containerId('b');

/** Two containers on a network of their own, one port published. */
async function busyLab(t: Parameters<typeof NetworkLab.start>[0]): Promise<NetworkLab> {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front'));
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_081, hostPortLast: 18_081 } as const;
  await lab.up(a, ['front'], { ports: [port] });
  await lab.up(b, ['front']);
  assert.ok(lab.pings(a, lab.address(b, 'front')));
  return lab;
}

const bridgeOf = (lab: NetworkLab): string => `br-${lab.network.network('front').id.slice(0, 12)}`;
const vethOf = (lab: NetworkLab, id: string): string => lab.network.endpointsOf(id)[0]!.lease!.hostInterface;

test('repair() finds nothing to do where nothing was touched', async (t) => {
  const lab = await busyLab(t);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('repair() tells nothing of what a container leaves for a moment when it goes down', async (t) => {
  const lab = await busyLab(t);
  const holder = lab.background(b, 'sleep', '10');
  t.after(() => holder.kill());
  // Held once nsenter has become sleep(1).
  while (!readlinkSync(`/proc/${holder.pid}/exe`).endsWith('sleep')) await sleep(5);
  await lab.network.sandboxDown(b);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('repair() makes a deleted veth pair again, with addresses and routes', async (t) => {
  const lab = await busyLab(t);
  lab.ip(`link del ${vethOf(lab, a)}`);
  assert.ok(!lab.pings(a, lab.address(b, 'front')));
  const { restored, removed } = await lab.network.repair();
  assert.match(restored.join('\n'), new RegExp(`added link ${vethOf(lab, a)} \\(container c-aaaa\\)`));
  assert.deepEqual(removed, []);
  assert.ok(lab.pings(a, lab.address(b, 'front')));
  assert.ok(lab.pings(a, '172.17.0.1'), 'the default route is back');
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('repair() makes a pair again whose inner end was moved away', async (t) => {
  const lab = await busyLab(t);
  lab.inside(a, 'ip', 'link', 'set', 'eth0', 'down');
  lab.inside(a, 'ip', 'link', 'set', 'eth0', 'name', 'stray0');
  await lab.network.repair();
  assert.ok(lab.pings(a, lab.address(b, 'front')));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('repair() restores a bridge: its address, its mark, the bridge itself with its ports', async (t) => {
  const lab = await busyLab(t);
  const bridge = bridgeOf(lab);
  lab.ip(`addr del 172.18.0.1/16 dev ${bridge}`);
  await lab.network.repair();
  assert.ok(lab.pings(a, '172.18.0.1'));
  lab.ip(`link del ${bridge}`);
  assert.match(
    (await lab.network.repair()).restored.join('\n'),
    new RegExp(`added link ${bridge} \\(network front\\)`),
  );
  assert.ok(lab.pings(a, lab.address(b, 'front')));
  assert.ok(lab.pings(a, '172.18.0.1'));
  lab.ip(`link set ${bridge} down`);
  await lab.network.repair();
  assert.ok(lab.pings(a, lab.address(b, 'front')));
});

test('repair() keeps containers without ICC apart when their bridge is made again', async (t) => {
  const lab = await NetworkLab.start(t);
  const options = { 'com.docker.network.bridge.enable_icc': 'false', 'com.docker.network.bridge.name': 'apart' };
  await lab.network.createNetwork(networkCreate('apart', { options }));
  await lab.up(a, ['apart']);
  await lab.up(b, ['apart']);
  lab.ip('link del apart');
  await lab.network.repair();
  assert.ok(lab.pings(a, '172.18.0.1'));
  assert.ok(!lab.pings(a, lab.address(b, 'apart')));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('repair() puts the whole table back, elements included', async (t) => {
  const lab = await busyLab(t);
  const listing = (): string => lab.nft('list', 'ruleset').replaceAll(/packets \d+ bytes \d+/g, '');
  const before = listing();
  lab.nft('flush', 'ruleset');
  const { restored } = await lab.network.repair();
  assert.equal(restored[0], 'added table portolan-lab');
  assert.equal(listing(), before);
});

test('repair() leads a container to its resolver again, and puts its default route back', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('names'));
  await lab.up(a, ['names']);
  const dig = (): Promise<string> =>
    lab.insideLater(a, 'dig', '+short', '+time=1', '+tries=1', '@127.0.0.11', `c-${a.slice(0, 4)}`).catch(() => '');
  assert.equal(await dig(), '172.18.0.2\n');
  const rules = lab.inside(a, 'nft', 'list', 'ruleset');

  lab.inside(a, 'nft', 'flush', 'chain', 'ip', 'portolan-dns', 'to-21053-21053');
  lab.inside(a, 'ip', 'route', 'delete', 'default');
  assert.equal(await dig(), '');
  assert.deepEqual((await lab.network.repair()).restored, [
    `added route 0.0.0.0/0 by eth0 (container c-${a.slice(0, 4)})`,
    `added redirection to the resolver (container c-${a.slice(0, 4)})`,
  ]);
  assert.equal(await dig(), '172.18.0.2\n');

  lab.inside(a, 'nft', 'flush', 'ruleset');
  lab.inside(a, 'ip', 'link', 'set', 'lo', 'down');
  await lab.network.repair();
  assert.equal(await dig(), '172.18.0.2\n');
  assert.equal(lab.inside(a, 'nft', 'list', 'ruleset'), rules);
  assert.deepEqual((await lab.network.repair()).restored, []);
});

test('repair() puts back one element of the rules that was taken out', async (t) => {
  const lab = await NetworkLab.start(t);
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_080, hostPortLast: 18_080 } as const;
  await lab.up(a, ['bridge'], { ports: [port] });
  const rules = lab.nft('list', 'ruleset');
  lab.nft('delete', 'element', 'inet', 'portolan-lab', 'publish4', '{ tcp . 18080 }');
  lab.nft('delete', 'element', 'inet', 'portolan-lab', 'bridges', '{ docker0 }');
  assert.equal((await lab.network.repair()).restored.length, 2);
  assert.equal(lab.nft('list', 'ruleset'), rules);
});

test('repair() removes what carries our mark and no record owns, and nothing else', async (t) => {
  const lab = await busyLab(t);
  lab.ip('link add junk0 type veth peer name junk1');
  lab.ip('link set junk0 alias portolan-lab:endpoint:feed');
  lab.ip('link add alien0 type veth peer name alien1');
  lab.ip('link set alien0 alias portolan-other:endpoint:feed');
  lab.nft('add', 'element', 'inet', 'portolan-lab', 'publish4', '{ tcp . 9999 : 10.0.0.1 . 80 }');
  const { removed } = await lab.network.repair();
  assert.deepEqual(removed, [
    'removed link junk0 (endpoint feed)',
    'removed element tcp . 9999 : 10.0.0.1 . 80 of publish4',
  ]);
  const names = lab.ipJson<{ ifname: string }>('link show').map(({ ifname }) => ifname);
  assert.ok(!names.includes('junk0') && !names.includes('junk1'));
  assert.ok(names.includes('alien0') && names.includes('alien1'));
});

test('an engine killed while it made a bridge takes the half-made one away, or finishes it', async (t) => {
  const lab = await busyLab(t);
  const bridge = bridgeOf(lab);
  const { birthGroup } = new Mark('portolan-lab');
  lab.ip(`link add br-half group ${birthGroup} type bridge`);
  lab.ip(`link add br-alien group ${birthGroup + 1} type bridge`);
  lab.ip(`link set ${bridge} group ${birthGroup} alias none`);
  await lab.restart();
  const names = lab.ipJson<{ ifname: string }>('link show').map(({ ifname }) => ifname);
  assert.ok(!names.includes('br-half'), 'no record wants it');
  assert.ok(names.includes('br-alien'), 'another engine may be making it');
  const [found] = lab.ipJson<{ ifalias: string; group: string }>(`link show ${bridge}`);
  assert.match(found!.ifalias, /^portolan-lab:network:/);
  assert.equal(found!.group, 'default');
});

test('an engine that starts again adopts what is right and mends the rest; the containers keep talking', async (t) => {
  const lab = await busyLab(t);
  const inode = lab.inside(a, 'readlink', '/proc/self/ns/net');
  const veth = lab.ipJson<{ ifindex: number }>(`link show ${vethOf(lab, a)}`)[0]!.ifindex;
  lab.nft('delete', 'table', 'inet', 'portolan-lab');
  lab.ip(`link set ${vethOf(lab, b)} nomaster`);
  await lab.restart();
  assert.equal(lab.inside(a, 'readlink', '/proc/self/ns/net'), inode);
  assert.equal(lab.ipJson<{ ifindex: number }>(`link show ${vethOf(lab, a)}`)[0]!.ifindex, veth);
  assert.ok(lab.pings(a, lab.address(b, 'front')));
  assert.match(lab.nft('list', 'map', 'inet', 'portolan-lab', 'publish4'), /tcp . 18081/);
  await lab.network.sandboxDown(a);
  await lab.up(a, []);
  assert.equal(lab.address(a, 'front'), '172.18.0.2', 'addresses in use were taken over');
});

test('what a killed engine left half-made is undone at the next start', async (t) => {
  const lab = await busyLab(t);
  lab.killHalfway(a);
  await lab.restart();
  assert.equal(lab.network.sandboxOf(a), undefined);
  assert.ok(lab.strayPins() <= 1);
  await sleep(100); // the kernel takes namespaces apart in its own time
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  const veths = lab.ipJson<{ ifname: string }>('link show type veth').map(({ ifname }) => ifname);
  assert.deepEqual(veths, [vethOf(lab, b)]);
});

test('a sandbox whose namespace is gone is forgotten at start, its address given back', async (t) => {
  const lab = await busyLab(t);
  lab.losePin(a);
  await lab.restart();
  assert.equal(lab.network.sandboxOf(a), undefined);
  assert.equal(lab.network.endpointsOf(a)[0]!.lease, undefined);
  await lab.network.sandboxUp(lab.sandbox(a));
  assert.equal(lab.address(a, 'front'), '172.18.0.2');
});

test('connect() to a network whose bridge was deleted by hand makes it again', async (t) => {
  const lab = await busyLab(t);
  await lab.network.createNetwork(networkCreate('back'));
  lab.ip(`link del br-${lab.network.network('back').id.slice(0, 12)}`);
  await lab.network.connect(a, 'back', endpoint());
  assert.ok(lab.pings(a, '172.19.0.1'));
  assert.equal(lab.mends.length, 1);
});

test('nothing is left behind: links, pins, elements and namespaces are as before', async (t) => {
  const lab = await NetworkLab.start(t);
  const state = (): unknown => [
    lab.ipJson<{ ifname: string }>('link show').map(({ ifname }) => ifname),
    lab.nft('list', 'ruleset').replaceAll(/packets \d+ bytes \d+/g, ''),
    lab.ip('route show').replaceAll(' linkdown', ''),
    lab.store.endpoints.all(),
    lab.store.sandboxes.all(),
  ];
  const before = state();
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(a, ['front', 'bridge']);
  await lab.up(b, ['bridge']);
  const files = lab.sandbox(a).filesDir;
  assert.ok(existsSync(`${files}/hosts`));
  await lab.network.forget(a);
  await lab.network.forget(b);
  await lab.network.removeNetwork('front');
  await sleep(150); // the kernel takes namespaces apart in its own time
  assert.deepEqual(state(), before);
  await lab.network.stop();
  assert.equal(lab.strayPins(), 0);
});
