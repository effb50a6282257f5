import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { NetworkOptions } from '../../src/network/index.ts';
import { openNetns } from '../../src/syscall/netns.ts';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';

const root = { skip: process.getuid?.() === 0 ? false : 'needs root' };
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(containerId) as [string, string, string, string];

async function start(t: TestContext, options: Partial<NetworkOptions> = {}): Promise<NetworkLab> {
  const lab = await NetworkLab.start(t, options);
  const ipam = { driver: '', options: {}, pools: [{ subnet: '10.5.0.0/24' }, { subnet: 'fd05::/64' }] };
  await lab.network.createNetwork(networkCreate('front', { ipv6: true, ipam }));
  return lab;
}

/** What the kernel shows in the container: hardware address, IPv4, IPv6. */
function shown(lab: NetworkLab, id: string): readonly string[] {
  type Shown = { address: string; addr_info: { local: string; scope: string }[] };
  const [link] = lab.insideJson<Shown>(id, 'addr show eth0');
  const global = link!.addr_info.filter(({ scope }) => scope === 'global').map(({ local }) => local);
  return [link!.address, ...global];
}

test('a container that comes back has the addresses it had, and nobody else was given them', root, async (t) => {
  const lab = await start(t);
  await lab.up(a, ['front']);
  await lab.up(b, ['front']);
  const before = [shown(lab, a), shown(lab, b)];
  assert.deepEqual(before[0]!.slice(1), ['10.5.0.2', 'fd05::2']);
  await lab.network.sandboxDown(a);
  await lab.network.sandboxDown(b);
  await lab.up(c, ['front']);
  assert.deepEqual(shown(lab, c).slice(1), ['10.5.0.4', 'fd05::4']);
  await lab.network.sandboxUp(lab.sandbox(b));
  await lab.network.sandboxUp(lab.sandbox(a));
  assert.deepEqual([shown(lab, a), shown(lab, b)], before);
});

test('a container made anew under the same name has the addresses of the one before', root, async (t) => {
  const lab = await start(t);
  await lab.up(a, ['front']);
  await lab.up(b, ['front']);
  const before = shown(lab, a);
  await lab.network.forget(a);
  await lab.up(c, ['front']);
  await lab.up(d, ['front'], { containerName: lab.sandbox(a).containerName });
  assert.deepEqual(shown(lab, d), before);
  // While the one of that name is only down, its addresses are its own.
  await lab.network.sandboxDown(b);
  const e = containerId('e');
  await lab.up(e, ['front'], { containerName: lab.sandbox(b).containerName });
  assert.notEqual(lab.address(e, 'front'), '10.5.0.3');
});

test('addresses are found again after the engine, or the machine, was started anew', root, async (t) => {
  const lab = await start(t);
  await lab.up(a, ['front']);
  await lab.up(b, ['front']);
  const before = [shown(lab, a), shown(lab, b)];
  await lab.network.sandboxDown(a);
  lab.losePin(b);
  await lab.restart();
  assert.equal(lab.network.sandboxOf(b), undefined);
  await lab.up(c, ['front']);
  assert.equal(lab.address(c, 'front'), '10.5.0.4');
  await lab.network.sandboxUp(lab.sandbox(b));
  await lab.network.sandboxUp(lab.sandbox(a));
  assert.deepEqual([shown(lab, a), shown(lab, b)], before);
});

test(
  'addresses that were somebody’s go last, the one free for longest first, over a start of the engine too',
  root,
  async (t) => {
    const lab = await NetworkLab.start(t);
    const ipam = { driver: '', options: {}, pools: [{ subnet: '10.5.1.0/29' }] };
    await lab.network.createNetwork(networkCreate('few', { ipam }));
    const come = async (id: string): Promise<string> => {
      await lab.up(id, ['few']);
      return lab.address(id, 'few');
    };
    for (const id of [a, b, c]) await come(id);
    await lab.network.forget(b);
    await lab.network.forget(a);
    assert.deepEqual([await come(d), await come(containerId('e'))], ['10.5.1.5', '10.5.1.6'], 'nobody had these');
    await lab.restart();
    assert.deepEqual([await come(containerId('1')), await come(containerId('2'))], ['10.5.1.3', '10.5.1.2']);
    await assert.rejects(come(containerId('3')), {
      kind: 'internal',
      message: /^no available IPv4 addresses on this network's address pools: few \([0-9a-f]{64}\)/,
    });
  },
);

test('a disconnected container finds its address again', root, async (t) => {
  const lab = await start(t);
  await lab.up(a, ['front']);
  await lab.network.disconnect(a, 'front');
  await lab.network.connect(a, 'front', endpoint());
  assert.equal(lab.address(a, 'front'), '10.5.0.2');
});

test('an address that a container which is down asks for is given to nobody else', root, async (t) => {
  const lab = await start(t);
  await lab.network.connect(a, 'front', endpoint({ ipv4: '10.5.0.2', ipv6: 'fd05::3' }));
  await lab.up(b, ['front']);
  await lab.up(c, ['front']);
  assert.deepEqual(shown(lab, b).slice(1), ['10.5.0.3', 'fd05::2']);
  assert.deepEqual(shown(lab, c).slice(1), ['10.5.0.4', 'fd05::4']);
  await lab.restart();
  await lab.network.sandboxUp(lab.sandbox(a));
  assert.deepEqual(shown(lab, a).slice(1), ['10.5.0.2', 'fd05::3']);
  await lab.network.forget(a);
  await lab.network.forget(b);
  await lab.up(d, ['front']);
  assert.equal(lab.address(d, 'front'), '10.5.0.5', 'what was somebody’s comes last');
});

test('an address in use is refused with who has it, and the refusal takes nothing', root, async (t) => {
  const lab = await start(t);
  await lab.up(a, ['front']);
  const refused = (ipv4: string, text: string): Promise<void> =>
    assert.rejects(
      async () => {
        await lab.network.connect(b, 'front', endpoint({ ipv4 }));
        await lab.network.sandboxUp(lab.sandbox(b));
      },
      { kind: 'forbidden', message: `Address already in use: ${text}` },
    );
  await refused('10.5.0.2', "10.5.0.2 is container c-aaaa's");
  await refused('10.5.0.1', '10.5.0.1 is the gateway of network front');
  await refused('10.5.0.255', '10.5.0.255 is the broadcast address of network front');
  await lab.network.forget(b);
  await lab.up(c, ['front']);
  assert.deepEqual(shown(lab, c).slice(1), ['10.5.0.3', 'fd05::3']);
});

test('a removed network leaves no memory of its addresses', root, async (t) => {
  const lab = await start(t);
  await lab.up(a, ['front']);
  await lab.network.forget(a);
  assert.equal(lab.store.formerLeases.all().length, 1);
  await lab.network.removeNetwork('front');
  assert.deepEqual(lab.store.formerLeases.all(), []);
});

test('a namespace that somebody holds of a container that is down answers nobody', root, async (t) => {
  const lab = await start(t);
  await lab.up(a, ['front']);
  await lab.up(b, ['front']);
  const { hostInterface } = lab.network.endpointsOf(a)[0]!.lease!;
  const address = lab.address(a, 'front');
  const held = openNetns(lab.network.sandboxOf(a)!.netnsPath);
  t.after(() => closeSync(held));
  await lab.network.sandboxDown(a);
  await lab.network.connect(c, 'front', endpoint({ ipv4: address }));
  await lab.network.sandboxUp(lab.sandbox(c));
  const isLeft = (): boolean => lab.ip('-o link show type veth').includes(hostInterface);
  await until('the first owner’s link is gone', () => !isLeft(), { withinMs: 2000 });
  lab.inside(b, 'ip', 'neigh', 'flush', 'dev', 'eth0');
  lab.inside(b, 'ping', '-c1', '-W1', address);
  const [neighbour] = lab.insideJson<{ lladdr: string }>(b, `neigh show ${address}`);
  assert.equal(neighbour!.lladdr, lab.network.endpointsOf(c)[0]!.lease!.mac);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  assert.deepEqual(lab.warnings, []);
});

test('from its first moment, the next owner of an address is the only one to answer', root, async (t) => {
  const lab = await start(t);
  await lab.up(a, ['front']);
  await lab.up(b, ['front']);
  const [ipv4, ipv6] = shown(lab, a).slice(1) as [string, string];
  const held = openNetns(lab.network.sandboxOf(a)!.netnsPath);
  t.after(() => closeSync(held));
  /** Who answers a container that has yet to ask. The link of the first owner goes by a timer: not within this. */
  const answering = (address: string): string | undefined => {
    lab.inside(b, 'ip', 'neigh', 'flush', 'dev', 'eth0');
    lab.inside(b, 'ping', '-c1', '-W1', address);
    return lab.insideJson<{ lladdr: string }>(b, `neigh show ${address}`)[0]?.lladdr;
  };
  const macOf = (id: string): string => lab.network.endpointsOf(id)[0]!.lease!.mac;
  await lab.network.sandboxDown(a);
  await lab.network.connect(c, 'front', endpoint({ ipv4, ipv6 }));
  await lab.network.sandboxUp(lab.sandbox(c));
  assert.deepEqual([ipv4, ipv6].map(answering), [macOf(c), macOf(c)]);

  // Live, too, and when the address was given back before its first owner was all gone.
  const heldToo = openNetns(lab.network.sandboxOf(c)!.netnsPath);
  t.after(() => closeSync(heldToo));
  await lab.up(d, []);
  const going = lab.network.sandboxDown(c);
  await lab.network.connect(d, 'front', endpoint({ ipv4, ipv6 }));
  await going;
  assert.deepEqual([ipv4, ipv6].map(answering), [macOf(d), macOf(d)]);
  assert.deepEqual(lab.warnings, []);
});
