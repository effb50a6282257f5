import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Log } from '../../src/base/index.ts';
import { HostWatch } from '../../src/network/host-watch.ts';
import { Namespace } from '../../src/network/reconcile/namespace.ts';
import { WayOut } from '../../src/network/way-out.ts';
import { Poller } from '../../src/syscall/poller.ts';
import { containerId, NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';
import { kernelTest } from './fixture.ts';

const soon = { withinMs: 5000 };

const a = containerId('a');

/** A way out through `up0`. */
function leadOut(lab: NetworkLab, mtu: number): void {
  lab.ip(`link add up0 mtu ${mtu} type veth peer name far0 mtu ${mtu}`);
  lab.ip('link set far0 up');
  lab.ip('address add 198.51.100.2/24 dev up0');
  lab.ip('link set up0 up');
  lab.ip('route add default via 198.51.100.1');
}

const hostMtu = (lab: NetworkLab, link: string): unknown => lab.ipJson(`link show ${link}`)[0]!.mtu;
const insideMtu = (lab: NetworkLab, link: string): unknown => lab.insideJson(a, `link show ${link}`)[0]!.mtu;

test('networks that were not told an MTU have that of the way out, and follow it', async (t) => {
  const lab = await NetworkLab.open(t);
  leadOut(lab, 1420);
  await lab.restart();
  const told = { 'com.docker.network.driver.mtu': '1450' };
  for (const [name, options] of [
    ['own', {}],
    ['told', told],
  ] as const) {
    await lab.network.createNetwork(networkCreate(name, { options }));
  }
  await lab.up(a, ['bridge', 'own', 'told']);
  const mtus = (): readonly unknown[] => [
    hostMtu(lab, 'docker0'),
    ...['eth0', 'eth1', 'eth2'].map((link) => insideMtu(lab, link)),
  ];
  assert.deepEqual(mtus(), [1420, 1420, 1420, 1450]);

  lab.ip('link set up0 mtu 1300');
  await until('the networks follow', () => mtus().join() === '1300,1300,1300,1450', soon);
  assert.equal(lab.network.network('bridge').options['com.docker.network.driver.mtu'], '1500');

  // The least that IPv6 works with.
  lab.ip('link set up0 mtu 1000');
  await until('no network gets less than 1280', () => mtus().join() === '1280,1280,1280,1450', soon);

  lab.ip('link add tun0 mtu 1400 type veth peer name fartun');
  lab.ip('link set up0 mtu 1500');
  lab.ip('link set fartun up');
  lab.ip('link set tun0 up');
  lab.ip('route add 0.0.0.0/1 dev tun0');
  lab.ip('route add 128.0.0.0/1 dev tun0');
  await until('a VPN takes over', () => mtus().join() === '1400,1400,1400,1450', soon);

  lab.ip('route delete default');
  lab.ip('link delete tun0');
  await sleep(500);
  assert.deepEqual(mtus(), [1400, 1400, 1400, 1450], 'without a way out all stays');
});

test('--mtu is what counts when it is given', async (t) => {
  const lab = await NetworkLab.open(t, { mtu: 1350 });
  leadOut(lab, 1420);
  await lab.restart();
  await lab.up(a, ['bridge']);
  assert.deepEqual([hostMtu(lab, 'docker0'), insideMtu(lab, 'eth0')], [1350, 1350]);
});

kernelTest('WayOut tells who follows it later what changed before', async (host) => {
  using poller = new Poller();
  using namespace = new Namespace(host.fd);
  using watch = new HostWatch(namespace, poller);
  host.run('ip', 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'far0');
  host.run('ip', 'link', 'set', 'far0', 'up');
  host.run('ip', 'link', 'set', 'up0', 'up');
  host.run('ip', 'route', 'add', 'default', 'dev', 'up0');
  using wayOut = new WayOut(namespace, watch, new Log('error', () => {}));
  host.run('ip', 'link', 'set', 'up0', 'mtu', '1400');
  await sleep(500);
  const told: (number | undefined)[] = [];
  wayOut.follow(async () => void told.push(wayOut.mtu));
  await until('it is told', () => told.length > 0, soon);
  assert.deepEqual(told, [1400]);
});
