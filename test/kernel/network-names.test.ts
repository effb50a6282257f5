import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const a = containerId('a');
const b = containerId('b');
const c = containerId('c');

const file = (lab: NetworkLab, id: string, name: string): string =>
  readFileSync(`${lab.sandbox(id).filesDir}/${name}`, 'utf8');

const dig = async (lab: NetworkLab, id: string, name: string): Promise<string> =>
  (await lab.insideLater(id, 'dig', '+short', '+time=2', '+tries=1', '@127.0.0.11', name)).trim();

test('names resolve on user-defined networks, follow a rename, and vanish with their sandbox', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front'));
  await lab.network.connect(b, 'front', endpoint({ aliases: ['db'] }));
  await lab.network.sandboxUp(lab.sandbox(b));
  await lab.up(a, ['front']);
  assert.match(file(lab, a, 'resolv.conf'), /^nameserver 127\.0\.0\.11$/m);
  const address = lab.address(b, 'front');
  for (const name of ['c-bbbb', 'db', b.slice(0, 12), 'c-bbbb.front']) assert.equal(await dig(lab, a, name), address);
  await lab.network.rename(b, 'other', 'c-bbbb');
  assert.equal(await dig(lab, a, 'other'), address);
  await lab.restart();
  assert.equal(await dig(lab, a, 'db'), address, 'also after the engine started again');
  await lab.network.sandboxDown(b);
  assert.notEqual(await dig(lab, a, 'db'), address);
});

test('links on a user-defined network follow a rename, until another container takes the name', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front'));
  await lab.network.connect(a, 'front', endpoint({ links: ['c-bbbb:store'] }));
  await lab.network.sandboxUp(lab.sandbox(a));
  await lab.up(b, ['front']);
  assert.equal(await dig(lab, a, 'store'), lab.address(b, 'front'));
  await lab.network.rename(b, 'second', 'c-bbbb');
  assert.equal(await dig(lab, a, 'store'), lab.address(b, 'front'));
  await lab.network.sandboxDown(b);
  await lab.network.rename(b, 'third', 'second');
  await lab.restart();
  await lab.network.sandboxUp({ ...lab.sandbox(b), containerName: 'third' });
  assert.equal(await dig(lab, a, 'store'), lab.address(b, 'front'), 'also what was renamed while it was down');
  await lab.up(c, ['front'], { containerName: 'c-bbbb' });
  assert.equal(await dig(lab, a, 'store'), lab.address(c, 'front'));
});

test('a container that joins a user-defined network live gets the resolver and the hosts line', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(b, ['front']);
  await lab.up(a, ['bridge']);
  assert.doesNotMatch(file(lab, a, 'resolv.conf'), /127\.0\.0\.11/);
  await lab.network.connect(a, 'front', endpoint());
  assert.match(file(lab, a, 'resolv.conf'), /127\.0\.0\.11/);
  assert.equal(await dig(lab, a, 'c-bbbb'), lab.address(b, 'front'));
  assert.match(file(lab, a, 'hosts'), new RegExp(`^${lab.address(a, 'front')}\t${a.slice(0, 12)}$`, 'm'));
  const joined = lab.address(a, 'front');
  await lab.network.disconnect(a, 'front');
  assert.ok(!file(lab, a, 'hosts').includes(joined));
});

test('hosts has the added lines, the own names with domain, and links that follow their target', async (t) => {
  const lab = await NetworkLab.start(t, { bip: '172.17.0.1/29' });
  await lab.up(b, ['bridge']);
  await lab.network.connect(a, 'bridge', endpoint({ links: ['c-bbbb:db'] }));
  await lab.network.sandboxUp({
    ...lab.sandbox(a),
    hostname: 'web',
    domainname: 'example.test',
    extraHosts: ['static:192.0.2.7', 'gate:host-gateway'],
  });
  const hosts = file(lab, a, 'hosts');
  assert.match(hosts, /^192\.0\.2\.7\tstatic$/m);
  assert.match(hosts, /^172\.17\.0\.1\tgate$/m);
  assert.match(hosts, /^172\.17\.0\.3\tweb\.example\.test web$/m);
  assert.match(hosts, /^172\.17\.0\.2\tdb bbbbbbbbbbbb c-bbbb$/m);
  await lab.network.sandboxDown(b);
  assert.doesNotMatch(file(lab, a, 'hosts'), /db/);
  // With every other address in use, the one that b had goes to somebody else.
  const others = ['c', 'd', 'e', 'f'].map(containerId);
  for (const id of others) await lab.up(id, ['bridge']);
  assert.equal(lab.address(others[3]!, 'bridge'), '172.17.0.2');
  await lab.network.forget(others[0]!);
  await lab.network.sandboxUp(lab.sandbox(b));
  assert.match(file(lab, a, 'hosts'), /^172\.17\.0\.4\tdb bbbbbbbbbbbb c-bbbb$/m);
});

test('a peer whose address went to another container is reached at once', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('own'));
  await lab.up(a, ['own']);
  await lab.up(b, ['own']);
  const address = lab.address(b, 'own');
  assert.ok(lab.pings(a, address));
  await lab.network.sandboxDown(b);
  await lab.network.connect(c, 'own', endpoint({ ipv4: address }));
  await lab.network.sandboxUp(lab.sandbox(c));
  assert.equal(lab.address(c, 'own'), address);
  assert.ok(lab.pings(a, address));
});

test('sandboxes that come and go at once leave the network as it was', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front'));
  const ids = Array.from({ length: 12 }, (_, i) => i.toString(16).repeat(64));
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 0, hostPortLast: 0 } as const;
  await Promise.all(ids.map((id) => lab.up(id, ['bridge', 'front'], { ports: [port] })));
  assert.equal(new Set(ids.map((id) => lab.address(id, 'front'))).size, ids.length);
  assert.ok(lab.pings(ids[0]!, lab.address(ids[11]!, 'front')));
  await Promise.all([
    ...ids.slice(0, 6).map((id) => lab.network.forget(id)),
    ...ids.slice(6).map((id) => lab.network.disconnect(id, 'front')),
    lab.network.repair(),
  ]);
  await Promise.all(ids.map((id) => lab.network.forget(id)));
  await lab.network.removeNetwork('front');
  assert.doesNotMatch(lab.nft('list', 'ruleset'), /endpoint:/);
  assert.equal(lab.store.sandboxes.all().length, 0);
  assert.equal(lab.mends.length, 0);
});
