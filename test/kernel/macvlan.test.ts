import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, endpoint, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';
import { linksOf, macvlan, refused, startPlugged } from './macvlan-lab.ts';
import { farAddress, labAddress, plugIn, pullOut } from './segment.ts';

const a = containerId('a');
const b = containerId('b');

test('containers are on the parent’s segment with addresses of their own; the host has nothing new', async (t) => {
  const { lab, far } = await startPlugged(t);
  const before = linksOf(lab);
  await lab.network.createNetwork(macvlan('lan'));
  await lab.up(a, ['lan']);
  await lab.up(b, ['lan']);
  assert.deepEqual(linksOf(lab), before);
  assert.equal(lab.address(a, 'lan'), '192.0.2.128');
  assert.ok(far.pings(lab.address(a, 'lan')));
  assert.ok(lab.pings(a, farAddress));
  assert.ok(lab.pings(a, lab.address(b, 'lan')));
  assert.ok(!lab.pings(a, labAddress), 'the kernel keeps a parent and its children apart');
  const [link] = lab.insideJson<{ address: string; linkinfo: { info_kind: string; info_data: { mode: string } } }>(
    a,
    '-d link show eth0',
  );
  assert.equal(link!.linkinfo.info_kind, 'macvlan');
  assert.equal(link!.linkinfo.info_data.mode, 'bridge');
  assert.equal(link!.address, lab.network.endpointsOf(a)[0]!.lease!.mac);
  assert.match(lab.inside(a, 'ip', 'route'), /^default via 192.0.2.1 dev eth0/);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('private: outside is reached, a sister is not, not even by way of a reflecting switch', async (t) => {
  const { lab, far } = await startPlugged(t);
  far.run('bridge', 'link', 'set', 'dev', 'port', 'hairpin', 'on');
  await lab.network.createNetwork(macvlan('lan', { macvlan_mode: 'private' }));
  await lab.up(a, ['lan']);
  await lab.up(b, ['lan']);
  assert.ok(lab.pings(a, farAddress));
  assert.ok(!lab.pings(a, lab.address(b, 'lan')));
});

test('vepa: a sister is reached by way of the switch alone, if it reflects', async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan', { macvlan_mode: 'vepa' }));
  await lab.up(a, ['lan']);
  await lab.up(b, ['lan']);
  assert.ok(lab.pings(a, farAddress));
  assert.ok(!lab.pings(a, lab.address(b, 'lan')));
  far.run('bridge', 'link', 'set', 'dev', 'port', 'hairpin', 'on');
  assert.ok(lab.pings(a, lab.address(b, 'lan')));
});

test('passthru: one container takes the parent over, and the parent gets its hardware address back', async (t) => {
  const { lab, far } = await startPlugged(t);
  const macOf = (): string => lab.ipJson<{ address: string }>('link show eth0')[0]!.address;
  const before = macOf();
  await lab.network.createNetwork(macvlan('lan', { macvlan_mode: 'passthru' }));
  await lab.up(a, ['lan']);
  const lease = lab.network.endpointsOf(a)[0]!.lease!;
  assert.equal(lab.insideJson<{ address: string }>(a, 'link show eth0')[0]!.address, lease.mac);
  assert.equal(macOf(), lease.mac);
  assert.ok(far.pings(lab.address(a, 'lan')));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  await assert.rejects(
    lab.up(b, ['lan']),
    refused('conflict', /^failed to create the macvlan port: invalid argument: /),
  );
  assert.equal(lab.network.sandboxOf(b), undefined);
  await lab.network.disconnect(a, 'lan');
  assert.equal(macOf(), before);
});

test('passthru shares its parent with no other network', async (t) => {
  const { lab } = await startPlugged(t);
  const shared = { subnet: '192.0.2.0/24', ipRange: '192.0.2.64/26' };
  const first = await lab.network.createNetwork(macvlan('one'));
  await assert.rejects(
    lab.network.createNetwork(macvlan('two', { macvlan_mode: 'passthru' }, shared)),
    refused(
      'conflict',
      `cannot use mode passthru, macvlan network ${first.id.slice(0, 12)} is already using parent interface eth0`,
    ),
  );
  await lab.network.removeNetwork('one');
  const second = await lab.network.createNetwork(macvlan('two', { macvlan_mode: 'passthru' }, shared));
  await assert.rejects(
    lab.network.createNetwork(macvlan('three')),
    refused(
      'conflict',
      `macvlan network ${second.id.slice(0, 12)} is already using parent interface eth0 in mode passthru`,
    ),
  );
});

test('several networks on one parent, also in one subnet by their ranges, hear each other', async (t) => {
  const { lab } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('one'));
  await lab.network.createNetwork(macvlan('two', {}, { subnet: '192.0.2.0/24', ipRange: '192.0.2.64/26' }));
  await lab.up(a, ['one']);
  await lab.up(b, ['two']);
  assert.equal(lab.address(b, 'two'), '192.0.2.64');
  assert.ok(lab.pings(a, lab.address(b, 'two')));
  assert.equal(lab.inside(b, 'ip', 'route', 'show', 'default'), '', 'no gateway was asked for, none is given');
});

test('what cannot be is refused in Docker’s words, and leaves nothing', async (t) => {
  const { lab } = await startPlugged(t);
  const before = [linksOf(lab), lab.network.networks().length];
  const refuses = (options: Readonly<Record<string, string>>, kind: string, message: RegExp) =>
    assert.rejects(lab.network.createNetwork(macvlan('bad', options)), refused(kind, message), JSON.stringify(options));
  await refuses(
    { macvlan_mode: 'x' },
    'invalid',
    /^requested macvlan mode 'x' is not valid, 'bridge' mode is the macvlan driver default/,
  );
  await refuses({ parent: 'lo' }, 'invalid', /^loopback interface is not a valid macvlan parent link$/);
  await refuses(
    { parent: 'nope' },
    'invalid',
    /^invalid subinterface vlan name nope, example formatting is eth0.10: -o parent interface was not found on the host: nope$/,
  );
  await refuses(
    { parent: 'eth0.1.2' },
    'invalid',
    /^required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10, instead received eth0.1.2/,
  );
  await refuses(
    { parent: 'eth0.x' },
    'invalid',
    /^unable to parse a valid vlan id from: x \(ex. eth0.10 for vlan 10\)/,
  );
  await refuses({ parent: 'eth0.5000' }, 'invalid', /^vlan id must be between 1-4094, received: 5000/);
  await refuses({ parent: 'nope.10' }, 'invalid', /^-o parent interface was not found on the host: nope$/);
  await refuses(
    { parent: 'averyveryverylongname' },
    'invalid',
    /^-o parent interface was not found on the host: avery/,
  );
  await refuses({ 'com.portolan.host_acces': 'true' }, 'invalid', /: did you mean com.portolan.host_access\?$/);
  assert.deepEqual([linksOf(lab), lab.network.networks().length], before);
});

test('a parent with a dot in its name that is there is used, whatever kind of link it is', async (t) => {
  const { lab } = await startPlugged(t);
  lab.ip('link add lan.one type bridge');
  lab.ip('link add lan.20 type bridge');
  await lab.network.createNetwork(macvlan('one', { parent: 'lan.one' }, {}));
  await lab.network.createNetwork(macvlan('two', { parent: 'lan.20' }, {}));
  await lab.up(a, ['one', 'two']);
  await lab.network.forget(a);
  await lab.network.removeNetwork('two');
  assert.ok(linksOf(lab).includes('lan.20'), 'what we did not make, we do not remove');
});

test('connect and disconnect are live, the hardware address is what was asked for', async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan'));
  await lab.up(a, ['bridge']);
  await lab.network.connect(a, 'lan', endpoint({ mac: '02:42:00:00:00:99', ipv4: '192.0.2.200' }));
  assert.ok(far.pings('192.0.2.200'));
  assert.match(far.run('ip', 'neigh', 'show', '192.0.2.200'), /02:42:00:00:00:99/);
  assert.match(lab.inside(a, 'ip', 'route', 'show', 'default'), /via 172.17.0.1 dev eth0/, 'bridge comes before lan');
  await lab.network.disconnect(a, 'bridge');
  assert.match(lab.inside(a, 'ip', 'route', 'show', 'default'), /via 192.0.2.1 dev eth1/);
  await lab.network.disconnect(a, 'lan');
  assert.ok(!far.pings('192.0.2.200'));
  const inside = lab.insideJson<{ ifname: string }>(a, 'link show').map(({ ifname }) => ifname);
  assert.deepEqual(inside, ['lo']);
});

test('of several subnets, one with a gateway leads out, one without leaves that to another network', async (t) => {
  const { lab } = await startPlugged(t);
  const pools = [
    { subnet: '192.0.2.0/24', ipRange: '192.0.2.128/26', gateway: farAddress },
    { subnet: '198.51.100.0/24' },
  ];
  await lab.network.createNetwork({ ...macvlan('a-lan'), ipam: { driver: '', options: {}, pools } });
  await lab.network.createNetwork(networkCreate('front'));
  const way = async (id: string, ipv4: string): Promise<string> => {
    await lab.network.connect(id, 'a-lan', endpoint({ ipv4 }));
    await lab.up(id, ['front']);
    return lab.inside(id, 'ip', 'route', 'show', 'default');
  };
  assert.match(await way(a, '192.0.2.140'), /via 192.0.2.1 dev eth0/);
  assert.match(await way(b, '198.51.100.7'), /via 172.\d+.0.1 dev eth1/);
});

test('an internal network has no way out, but is still on the segment', async (t) => {
  const { lab } = await startPlugged(t);
  await lab.network.createNetwork({ ...macvlan('lan'), internal: true });
  await lab.up(a, ['lan']);
  assert.equal(lab.inside(a, 'ip', 'route', 'show', 'default'), '');
});

test('IPv6: addresses, routes and the segment', async (t) => {
  const { lab, far } = await startPlugged(t);
  const pools = [{ subnet: '2001:db8::/64', ipRange: '2001:db8::100/120', gateway: '2001:db8::1' }];
  const create = { ...macvlan('lan'), ipv4: false, ipv6: true, ipam: { driver: '', options: {}, pools } };
  await lab.network.createNetwork(create);
  await lab.up(a, ['lan']);
  assert.ok(lab.pings(a, '2001:db8::1'));
  assert.match(lab.inside(a, 'ip', '-6', 'route', 'show', 'default'), /via 2001:db8::1 dev eth0/);
  assert.ok(far.pings(lab.network.endpointsOf(a)[0]!.lease!.ipv6!.split('/')[0]!));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('ports are not published: nothing is reserved, and the log says so', async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan'));
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_082, hostPortLast: 18_082 } as const;
  await lab.up(a, ['lan'], { ports: [port] });
  assert.deepEqual(lab.network.sandboxOf(a)!.sandbox.ports, []);
  assert.doesNotMatch(lab.nft('list', 'ruleset'), /18082/);
  assert.ok(far.pings(lab.address(a, 'lan')));
});

test('repair() makes again what was deleted inside a container', async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan'));
  await lab.up(a, ['lan']);
  const { mac } = lab.network.endpointsOf(a)[0]!.lease!;
  lab.inside(a, 'ip', 'link', 'del', 'eth0');
  assert.ok(!far.pings(lab.address(a, 'lan')));
  assert.match((await lab.network.repair()).restored.join('\n'), /added link eth0 \(container c-aaaa\)/);
  assert.ok(far.pings(lab.address(a, 'lan')));
  assert.equal(lab.insideJson<{ address: string }>(a, 'link show eth0')[0]!.address, mac);
  assert.ok(lab.pings(a, farAddress));
  lab.inside(a, 'ip', 'link', 'set', 'eth0', 'type', 'macvlan', 'mode', 'private');
  await lab.network.repair();
  assert.match(lab.inside(a, 'ip', '-d', 'link', 'show', 'eth0'), /macvlan mode bridge/);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('a parent that vanished is told, the rest is repaired and started; when it is back, so are the containers', async (t) => {
  const { lab } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan'));
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(a, ['lan', 'front']);
  await lab.up(b, ['front']);
  pullOut(lab);
  lab.ip(`link del ${lab.network.endpointsOf(b)[0]!.lease!.hostInterface}`);
  const { restored } = await lab.network.repair();
  assert.match(restored.join('\n'), /added link veth/);
  assert.doesNotMatch(restored.join('\n'), /eth0 \(container c-aaaa\)|lan/, 'what could not be done is not claimed');
  assert.ok(lab.pings(a, lab.address(b, 'front')));
  assert.ok(
    lab.warnings.some((line) => /network:[0-9a-f]+ has lost its parent: there is no interface eth0 now/.test(line)),
  );

  await lab.restart();
  assert.ok(lab.pings(a, lab.address(b, 'front')));
  assert.equal(lab.network.networks().filter(({ name }) => name === 'lan').length, 1);
  await lab.network.forget(b);
  await assert.rejects(
    lab.up(b, ['lan']),
    refused('internal', 'the requested parent interface eth0 was not found on the Docker host'),
  );
  assert.equal(lab.network.sandboxOf(b), undefined);

  const far = plugIn(t, lab);
  await lab.network.repair();
  assert.ok(far.pings(lab.address(a, 'lan')));
  await lab.network.forget(b);
  await lab.up(b, ['lan']);
  assert.ok(far.pings(lab.address(b, 'lan')));
});

test('an engine that starts again keeps what is right: the link, its index, its address', async (t) => {
  const { lab, far } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan'));
  await lab.up(a, ['lan']);
  const shown = (): unknown => {
    const [link] = lab.insideJson<{ ifindex: number; address: string }>(a, 'link show eth0');
    return [link!.ifindex, link!.address];
  };
  const before = shown();
  await lab.restart();
  assert.deepEqual(shown(), before);
  assert.ok(far.pings(lab.address(a, 'lan')));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  const { mac } = lab.network.endpointsOf(a)[0]!.lease!;
  await lab.network.sandboxUp(lab.sandbox(a));
  assert.equal(lab.address(a, 'lan'), '192.0.2.128');
  assert.equal(lab.network.endpointsOf(a)[0]!.lease!.mac, mac, 'the segment has learned it');
});

test('a parent that vanishes and comes back is noticed: told, and its containers put back, by nobody’s command', async (t) => {
  const { lab } = await startPlugged(t);
  await lab.network.createNetwork(macvlan('lan', { 'com.portolan.host_access': 'true' }));
  await lab.up(a, ['lan']);
  pullOut(lab);
  await until('a warning', () => lab.network.warnings().length > 0, { everyMs: 100 });
  assert.match(lab.network.warnings().join('\n'), /^network lan has lost its parent: there is no interface eth0 now/);
  const far = plugIn(t, lab);
  await until('an answer', () => far.pings(lab.address(a, 'lan')), { everyMs: 100 });
  assert.deepEqual(lab.network.warnings(), []);
  assert.ok(lab.pings(a, labAddress), 'host access, too');
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});
