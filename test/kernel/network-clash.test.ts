import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkLab, networkCreate } from '../lab/network-lab.ts';

const root = { skip: process.getuid?.() === 0 ? false : 'needs root' };
type Lab = { readonly lab: NetworkLab; readonly events: string[] };

async function start(t: TestContext): Promise<Lab> {
  const lab = await NetworkLab.start(t);
  const events: string[] = [];
  listen(lab, events);
  lab.ip('link add tun0 type veth peer name far0');
  lab.ip('link set far0 up');
  lab.ip('link set tun0 up');
  return { lab, events };
}

function listen({ network }: NetworkLab, events: string[]): void {
  network.onEvent(({ action, network: { name }, attributes: { route, subnet } }) =>
    events.push(`${action} ${name} ${subnet}: ${route}`),
  );
}

async function until(events: readonly string[], expected: readonly string[]): Promise<void> {
  const end = Date.now() + 5000;
  while (events.length < expected.length && Date.now() < end) await sleep(5);
  assert.deepEqual(events, expected);
}

const pool = (subnet: string) => ({ ipam: { driver: '', options: {}, pools: [{ subnet }] } });

test('a route that comes later and clashes is told, and told to be over when it goes', root, async (t) => {
  const { lab, events } = await start(t);
  await lab.network.createNetwork(networkCreate('front', pool('10.5.0.0/16')));
  assert.deepEqual(lab.network.warnings(), []);
  lab.ip('route add 10.0.0.0/8 dev tun0');
  await until(events, ['clash front 10.5.0.0/16: 10.0.0.0/8 dev tun0']);
  assert.match(
    lab.network.warnings()[0]!,
    /^network front \(10\.5\.0\.0\/16\) hides a part of the route 10\.0\.0\.0\/8 dev tun0/,
  );
  lab.ip('route del 10.0.0.0/8 dev tun0');
  await until(events, [
    'clash front 10.5.0.0/16: 10.0.0.0/8 dev tun0',
    'clash_end front 10.5.0.0/16: 10.0.0.0/8 dev tun0',
  ]);
  assert.deepEqual(lab.network.warnings(), []);
});

test('a route within a network, and one through a gateway, are told as what they are', root, async (t) => {
  const { lab, events } = await start(t);
  await lab.network.createNetwork(networkCreate('front', { ...pool('10.5.0.0/16'), ipv6: true }));
  lab.ip('addr add 192.0.2.1/24 dev tun0');
  lab.ip('route add 10.5.7.0/24 via 192.0.2.9');
  await until(events, ['clash front 10.5.0.0/16: 10.5.7.0/24 via 192.0.2.9 dev tun0']);
  assert.match(lab.network.warnings()[0]!, /^the route 10\.5\.7\.0\/24 via .* leads to addresses of network front/);
  const block = lab.network.network('front').ipam.pools[1]!.subnet;
  lab.ip(`-6 route add ${block.replace('/64', '/60')} dev tun0`);
  await until(events, [...events.slice(0, 1), `clash front ${block}: ${block.replace('/64', '/60')} dev tun0`]);
});

test('a clash ends with the link of its route, and with the network', root, async (t) => {
  const { lab, events } = await start(t);
  await lab.network.createNetwork(networkCreate('front', pool('10.5.0.0/16')));
  lab.ip('route add 10.5.0.0/17 dev tun0');
  lab.ip('route add 172.17.0.0/24 dev tun0');
  await until(events, [
    'clash front 10.5.0.0/16: 10.5.0.0/17 dev tun0',
    'clash bridge 172.17.0.0/16: 172.17.0.0/24 dev tun0',
  ]);
  await lab.network.removeNetwork('front');
  assert.equal(lab.network.warnings().length, 1);
  lab.ip('link set tun0 down');
  await until(events, [...events.slice(0, 2), 'clash_end bridge 172.17.0.0/16: 172.17.0.0/24 dev tun0']);
  assert.deepEqual(lab.network.warnings(), []);
});

test('a clash that is there at the start, or when a network is made, is told', root, async (t) => {
  const { lab, events } = await start(t);
  lab.ip('route add 10.5.0.0/24 dev tun0');
  await lab.network.createNetwork(networkCreate('front', pool('10.5.0.0/16')));
  await until(events, ['clash front 10.5.0.0/16: 10.5.0.0/24 dev tun0']);
  lab.ip('route add 172.17.5.0/24 dev tun0');
  await lab.restart();
  assert.equal(lab.network.warnings().length, 2);
});

test(
  'what is no clash is not told: default routes, halves of everything, a network’s own, one without addresses',
  root,
  async (t) => {
    const { lab, events } = await start(t);
    const isolated = { 'com.docker.network.bridge.inhibit_ipv4': 'true' };
    await lab.network.createNetwork(networkCreate('front', pool('10.5.0.0/16')));
    await lab.network.createNetwork(networkCreate('apart', { ...pool('10.6.0.0/16'), options: isolated }));
    const bridge = `br-${lab.network.network('front').id.slice(0, 12)}`;
    for (const route of ['default dev tun0', '0.0.0.0/1 dev tun0', '128.0.0.0/1 dev tun0', '10.6.0.0/16 dev tun0']) {
      lab.ip(`route add ${route}`);
    }
    lab.ip(`route add 10.5.9.0/24 dev ${bridge}`);
    lab.ip('route add 198.51.100.0/24 dev tun0');
    lab.ip('route add 10.5.0.0/16 dev tun0 table 77');
    await sleep(50);
    assert.deepEqual(lab.network.warnings(), []);
    assert.deepEqual(events, []);
  },
);

test(
  'a block for a new network avoids the routes of this moment, and those through gateways as long as it can',
  root,
  async (t) => {
    const { lab } = await start(t);
    const subnet = async (name: string): Promise<string> =>
      (await lab.network.createNetwork(networkCreate(name))).ipam.pools[0]!.subnet;
    lab.ip('route add 172.18.7.0/24 dev tun0');
    assert.equal(await subnet('a'), '172.19.0.0/16');
    lab.ip('route del 172.18.7.0/24');
    assert.equal(await subnet('b'), '172.18.0.0/16');
    lab.ip('addr add 192.0.2.1/24 dev tun0');
    lab.ip('route add 172.20.0.0/14 via 192.0.2.9');
    assert.equal(await subnet('c'), '172.24.0.0/16');
    lab.ip('route add 0.0.0.0/1 dev tun0');
    assert.equal(await subnet('d'), '172.25.0.0/16');
  },
);
