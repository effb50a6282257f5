import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, endpoint, type NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';
import { linksOf, macvlan, refused, startPlugged } from './macvlan-lab.ts';
import { labAddress } from './segment.ts';

const a = containerId('a');
const b = containerId('b');
const access = { 'com.portolan.host_access': 'true' };

const shimOf = (lab: NetworkLab): string => `hm-${lab.network.network('lan').id.slice(0, 12)}`;
const hostPings = (lab: NetworkLab, address: string): boolean => {
  try {
    lab.run('ping', '-c3', '-i0.2', '-W1', address);
    return true;
  } catch {
    return false;
  }
};
const shimRoutes = (lab: NetworkLab): readonly string[] =>
  lab.ipJson<{ dst: string }>(`route show dev ${shimOf(lab)}`).map(({ dst }) => dst);

test('without host access the host does not reach its containers, with it both ways', async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan'));
  await lab.up(a, ['lan']);
  assert.ok(!hostPings(lab, lab.address(a, 'lan')));
  await lab.network.forget(a);
  await lab.network.removeNetwork('lan');

  await lab.network.createNetwork(macvlan('lan', access));
  await lab.up(a, ['lan']);
  assert.equal(lab.address(a, 'lan'), '192.0.2.129', 'the first of the range is the host’s');
  assert.ok(hostPings(lab, lab.address(a, 'lan')));
  assert.ok(lab.pings(a, '192.0.2.128'), 'the address that the network gave the host');
  assert.ok(lab.pings(a, labAddress), 'the address that it has on the segment');
  assert.ok(far.pings(lab.address(a, 'lan')));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('the segment gets one answer to who has the host’s address', async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan', access));
  const [{ address }] = lab.ipJson<{ address: string }>('link show eth0') as [{ address: string }];
  const answers = far.run('busybox', 'arping', '-c2', '-I', 'br0', labAddress);
  const macs = new Set(answers.toLowerCase().match(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g));
  assert.deepEqual([...macs], [address]);
});

test('routes come with containers and go with them, stopped or disconnected', async (t) => {
  const { lab } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan', access));
  assert.deepEqual(shimRoutes(lab), []);
  await lab.up(a, ['lan']);
  await lab.up(b, ['bridge']);
  await lab.network.connect(b, 'lan', endpoint());
  assert.deepEqual(shimRoutes(lab), ['192.0.2.129', '192.0.2.130']);
  assert.ok(hostPings(lab, '192.0.2.130'));
  await lab.network.disconnect(b, 'lan');
  assert.deepEqual(shimRoutes(lab), ['192.0.2.129']);
  await lab.network.sandboxDown(a);
  assert.deepEqual(shimRoutes(lab), []);
  assert.deepEqual(lab.mends, []);
});

test('the host’s link and its routes are kept by a restart, repaired, and removed with the network', async (t) => {
  const { lab } = await startPlugged(t);
  const before = linksOf(lab);
  await lab.network.createNetwork(macvlan('lan', access));
  await lab.up(a, ['lan']);
  const shim = shimOf(lab);
  const index = (): unknown => lab.ipJson<{ ifindex: number }>(`link show ${shim}`)[0]!.ifindex;
  const was = index();
  await lab.restart();
  assert.equal(index(), was);
  assert.ok(hostPings(lab, lab.address(a, 'lan')));

  lab.ip(`link del ${shim}`);
  assert.ok(!hostPings(lab, lab.address(a, 'lan')));
  await lab.network.repair();
  assert.ok(hostPings(lab, lab.address(a, 'lan')));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });

  lab.ip(`route del ${lab.address(a, 'lan')} dev ${shim}`);
  await lab.network.forget(a);
  await lab.network.removeNetwork('lan');
  assert.deepEqual(linksOf(lab), before);
});

test('a link of the host’s that somebody deletes is made again, by nobody’s command', async (t) => {
  const { lab } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan', access));
  await lab.up(a, ['lan']);
  lab.ip(`link del ${shimOf(lab)}`);
  await until('an answer', () => hostPings(lab, lab.address(a, 'lan')), { everyMs: 100 });
  assert.ok(lab.warnings.some((line) => line.includes(`${shimOf(lab)} was deleted, and is made again`)));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('networks on one subnet: the host’s address is no container’s, whichever came first', async (t) => {
  const { lab } = await startPlugged(t);
  const range = { subnet: '192.0.2.0/24', ipRange: '192.0.2.128/26' };
  await lab.network.createNetwork(macvlan('first', {}, range));
  await lab.up(a, ['first']);
  assert.equal(lab.address(a, 'first'), '192.0.2.128');
  const network = await lab.network.createNetwork(macvlan('lan', access, range));
  assert.deepEqual(network.ipam.pools[0]!.auxiliary, { 'com.portolan.host': '192.0.2.129' });
  await lab.up(b, ['first']);
  assert.equal(lab.address(b, 'first'), '192.0.2.130');
  await lab.network.forget(b);
  await lab.network.removeNetwork('lan');
  const chosen = { 'com.portolan.host_address': '192.0.2.128' };
  await assert.rejects(
    lab.network.createNetwork(macvlan('lan', chosen, range)),
    refused(
      'conflict',
      /^com.portolan.host_address=192.0.2.128: Address already in use: it is a container's on network first/,
    ),
  );
});

test('the host’s address can be chosen, and is nobody else’s', async (t) => {
  const { lab } = await startPlugged(t);
  const chosen = { 'com.portolan.host_address': '192.0.2.130' };
  const network = await lab.network.createNetwork(macvlan('lan', chosen));
  assert.deepEqual(network.ipam.pools[0]!.auxiliary, { 'com.portolan.host': '192.0.2.130' });
  await lab.up(a, ['lan']);
  assert.ok(lab.pings(a, '192.0.2.130'));
  await lab.network.connect(b, 'lan', endpoint({ ipv4: '192.0.2.130' }));
  await assert.rejects(lab.network.sandboxUp(lab.sandbox(b)), refused('forbidden', /^Address already in use/));
});

test('host access is refused where it cannot work, and leaves nothing', async (t) => {
  const { lab } = await startPlugged(t);
  const before = linksOf(lab);
  const refuses = (options: Readonly<Record<string, string>>, message: RegExp) =>
    assert.rejects(lab.network.createNetwork(macvlan('lan', options)), refused('invalid', message));
  await refuses({ ...access, macvlan_mode: 'private' }, /links in mode private do not hear each other/);
  await refuses({ 'com.portolan.host_access': 'maybe' }, /failed to parse com.portolan.host_access value: maybe/);
  await refuses({ 'com.portolan.host_address': '10.0.0.1' }, /no configured subnet contains IP address 10.0.0.1/);
  await refuses({ 'com.portolan.host_address': '192.0.2.1' }, /it is the gateway/);
  await refuses({ 'com.portolan.host_address': 'x' }, /want addresses without prefix/);
  await refuses(
    { 'com.portolan.host_access': 'false', 'com.portolan.host_address': '192.0.2.130' },
    /is of no use with com.portolan.host_access=false/,
  );
  assert.deepEqual(linksOf(lab), before);
});

test('IPv6: the host reaches its containers, and takes no address from a router by its own link', async (t) => {
  const { lab } = await startPlugged(t);
  const pools = [{ subnet: '2001:db8::/64', ipRange: '2001:db8::100/120', gateway: '2001:db8::1' }];
  const create = { ...macvlan('lan', access), ipv4: false, ipv6: true, ipam: { driver: '', options: {}, pools } };
  await lab.network.createNetwork(create);
  await lab.up(a, ['lan']);
  const address = lab.network.endpointsOf(a)[0]!.lease!.ipv6!.split('/')[0]!;
  assert.ok(hostPings(lab, address));
  assert.equal(lab.run('cat', `/proc/sys/net/ipv6/conf/${shimOf(lab)}/accept_ra`).trim(), '0');
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('a container on a bridge reaches one on the segment by the host’s link', async (t) => {
  const { lab } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan', access));
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(a, ['lan']);
  await lab.up(b, ['front']);
  assert.ok(lab.pings(b, lab.address(a, 'lan')));
});
