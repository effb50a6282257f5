import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const a = containerId('a');
const b = containerId('b');

type Route = { dst: string; gateway?: string; dev: string };

test('connect() gives a running container a second interface, disconnect() takes it away', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('isolated_nw'));
  await lab.up(a, ['bridge']);
  await lab.up(b, ['isolated_nw']);
  assert.ok(!lab.pings(a, lab.address(b, 'isolated_nw')));

  await lab.network.connect(a, 'isolated_nw', endpoint());
  assert.deepEqual(
    lab.insideJson(a, 'link show').map(({ ifname }) => ifname),
    ['lo', 'eth0', 'eth1'],
  );
  assert.ok(lab.pings(a, lab.address(b, 'isolated_nw')));
  assert.equal(lab.mends.length, 0);

  await lab.network.disconnect(a, 'isolated_nw');
  assert.deepEqual(
    lab.insideJson(a, 'link show').map(({ ifname }) => ifname),
    ['lo', 'eth0'],
  );
  assert.ok(!lab.pings(a, lab.address(b, 'isolated_nw')));
  assert.equal(lab.mends.length, 0);
});

test('the default route moves to another network when its own is left, and there is always one', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('alpha'));
  await lab.network.createNetwork(networkCreate('inner', { internal: true }));
  await lab.up(a, ['inner', 'bridge']);
  const defaults = (): (string | undefined)[] =>
    lab.insideJson<Route>(a, 'route show default').map(({ gateway, dev }) => `${gateway} ${dev}`);
  assert.deepEqual(defaults(), ['172.17.0.1 eth1']);
  await lab.network.connect(a, 'alpha', endpoint());
  assert.deepEqual(defaults(), ['172.18.0.1 eth2'], 'the first by name');
  await lab.network.disconnect(a, 'alpha');
  assert.deepEqual(defaults(), ['172.17.0.1 eth1']);
  await lab.network.disconnect(a, 'bridge');
  assert.deepEqual(defaults(), [], 'an internal network leads nowhere');
  assert.equal(lab.mends.length, 0);
});

test('published ports move with the default route', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('alpha'));
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_080, hostPortLast: 18_080 } as const;
  await lab.up(a, ['bridge'], { ports: [port] });
  const translation = (): string => lab.nft('list', 'map', 'inet', 'portolan-lab', 'publish4');
  assert.match(translation(), /tcp . 18080 .*: 172\.17\.0\.2 . 80/);
  await lab.network.connect(a, 'alpha', endpoint());
  assert.match(translation(), /tcp . 18080 .*: 172\.18\.0\.2 . 80/);
  await lab.network.sandboxDown(a);
  assert.doesNotMatch(translation(), /18080/);
});

test('containers of a network without ICC do not reach each other', async (t) => {
  const lab = await NetworkLab.start(t);
  const options = { 'com.docker.network.bridge.enable_icc': 'false' };
  await lab.network.createNetwork(networkCreate('apart', { options }));
  await lab.up(a, ['apart']);
  await lab.up(b, ['apart']);
  assert.ok(lab.pings(a, '172.18.0.1'));
  assert.ok(!lab.pings(a, lab.address(b, 'apart')));
});

test('a static address and hardware address are honoured, a taken one is refused and leaves nothing', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('own'));
  await lab.network.connect(a, 'own', endpoint({ ipv4: '172.18.5.6', mac: '02:11:22:33:44:55' }));
  await lab.network.sandboxUp(lab.sandbox(a));
  const [link] = lab.insideJson<{ address: string; addr_info: { local: string }[] }>(a, 'addr show eth0');
  assert.equal(link!.address, '02:11:22:33:44:55');
  assert.deepEqual(
    link!.addr_info.map(({ local }) => local),
    ['172.18.5.6'],
  );
  const before = lab.ipJson('link show').length;
  await lab.network.connect(b, 'own', endpoint({ ipv4: '172.18.5.6' }));
  await assert.rejects(lab.network.sandboxUp(lab.sandbox(b)), {
    kind: 'forbidden',
    message: /^Address already in use/,
  });
  assert.equal(lab.network.sandboxOf(b), undefined);
  assert.equal(lab.ipJson('link show').length, before);
  assert.ok(lab.strayPins() <= 1);
});

test('MTU and bridge name of a network are what its options say', async (t) => {
  const lab = await NetworkLab.start(t);
  const options = { 'com.docker.network.bridge.name': 'mybr', 'com.docker.network.driver.mtu': '1400' };
  await lab.network.createNetwork(networkCreate('small', { options }));
  await lab.up(a, ['small']);
  assert.equal(lab.ipJson('link show mybr')[0]!['mtu'], 1400);
  assert.equal(lab.insideJson(a, 'link show eth0')[0]!['mtu'], 1400);
});

test('a dual-stack network has IPv6 inside, others do not', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('six', { ipv6: true }));
  await lab.up(a, ['six']);
  await lab.up(b, ['six', 'bridge']);
  const { id } = lab.network.network('six');
  const lease = lab.network.endpointsIn(id).find(({ containerId: of }) => of === b)!.lease!;
  assert.ok(lab.pings(a, lease.ipv6!.split('/')[0]!));
  assert.equal(lab.insideJson(b, '-6 addr show eth1').length, 0);
  assert.equal(lab.mends.length, 0);
});

test('a container reaches its own published port, and another one’s, by an address of the host', async (t) => {
  const lab = await NetworkLab.start(t);
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_083, hostPortLast: 18_083 } as const;
  await lab.up(a, ['bridge'], { ports: [port] });
  await lab.up(b, ['bridge']);
  const server = lab.background(a, 'socat', 'TCP4-LISTEN:80,fork,reuseaddr', 'EXEC:echo here');
  t.after(() => server.kill());
  const ask = (id: string): Promise<string> =>
    lab.insideLater(id, 'socat', '-T2', '-', 'TCP4:172.17.0.1:18083,retry=20,interval=0.05');
  assert.equal(await ask(b), 'here\n');
  assert.equal(await ask(a), 'here\n');
});

test('forget() takes the links out of a namespace in which somebody still lives, with what they had', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.up(a, ['bridge']);
  const guest = lab.background(a, 'sleep', '60');
  t.after(() => guest.kill());
  const links = (): string => lab.run('nsenter', '-t', `${guest.pid}`, '-n', 'ip', '-br', 'link');
  const namespaceOf = (pid: number | 'self'): string => readlinkSync(`/proc/${pid}/ns/net`);
  while (namespaceOf(guest.pid!) === namespaceOf('self')); // it has yet to enter
  assert.match(links(), /eth0/);
  await lab.network.forget(a);
  assert.doesNotMatch(links(), /eth0/);
  assert.deepEqual(lab.ipJson('link show type veth'), []);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  await lab.up(b, ['bridge']);
  assert.match(lab.run('ping', '-c1', '-W2', lab.address(b, 'bridge')), / 0% packet loss/);
  assert.equal(lab.mends.length, 0);
});

test('a container whose network was removed and made again is refused by its name, and mended by connecting it', async (t) => {
  const lab = await NetworkLab.start(t);
  const { id } = await lab.network.createNetwork(networkCreate('front'));
  await lab.up(a, ['front', 'bridge']);
  await lab.network.sandboxDown(a);
  await lab.network.removeNetwork('front');
  await lab.network.createNetwork(networkCreate('front'));
  await lab.restart();
  const text = new RegExp(`^network ${id} not found: it was front, and was removed while the container was down; `);
  await assert.rejects(lab.network.sandboxUp(lab.sandbox(a)), { kind: 'not-found', message: text });
  await lab.network.connect(a, 'front', endpoint());
  await lab.network.sandboxUp(lab.sandbox(a));
  const { lease } = lab.network.endpointsOf(a)[0]!;
  assert.match(`${lease?.interface} ${lease?.ipv4}`, /^eth0 172\.18\./, 'in the place of the one that is gone');
  await lab.network.sandboxDown(a);
  await lab.network.removeNetwork('front');
  await lab.network.createNetwork(networkCreate('front'));
  await lab.network.disconnect(a, 'front');
  await lab.network.sandboxUp(lab.sandbox(a));
  assert.equal(lab.network.endpointsOf(a).length, 1);
});
