import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KernelChange, RouteWatch, type WatchGroup } from '../../src/netlink/watch.ts';
import { Poller } from '../../src/syscall/poller.ts';
import { until } from '../lab/until.ts';
import { type Host, kernelTest } from './fixture.ts';

const soon = { withinMs: 5000, everyMs: 5 };

const everything: readonly WatchGroup[] = ['link', 'address4', 'address6', 'route4', 'route6'];

type Listening = Disposable & { readonly watch: RouteWatch; readonly told: string[]; lost: number };

function listen({ fd }: Host, poller: Poller, groups = everything): Listening {
  const told: string[] = [];
  const watch = RouteWatch.open(poller, {
    groups,
    netnsFd: fd,
    onChange: (change) => told.push(line(change)),
    onLost: () => listening.lost++,
  });
  const listening = { watch, told, lost: 0, [Symbol.dispose]: () => watch[Symbol.dispose]() };
  return listening;
}

function line(change: KernelChange): string {
  const sign = change.gone ? '-' : '+';
  switch (change.kind) {
    case 'link':
      return `${sign}link ${change.read().name} ${change.up ? 'up' : 'down'}`;
    case 'address':
      return `${sign}address ${change.address.cidr}`;
    case 'route': {
      const { destination, gateway, table, metric } = change.route;
      return `${sign}route ${destination}${gateway ? ` via ${gateway}` : ''} table ${table} metric ${metric}${change.replaces ? ' replacing' : ''}`;
    }
  }
}

kernelTest('RouteWatch tells of links, addresses and routes as ip(8) changes them', async (host) => {
  using poller = new Poller();
  using listening = listen(host, poller);
  const { told } = listening;
  host.run('ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1');
  host.run('ip', 'link', 'set', 'eth1', 'up');
  host.run('ip', 'link', 'set', 'eth0', 'up');
  host.run('ip', 'addr', 'add', '10.0.0.1/24', 'dev', 'eth0');
  host.run('ip', 'addr', 'add', 'fd00::1/64', 'dev', 'eth0', 'nodad');
  host.run('ip', 'route', 'add', '10.8.0.0/16', 'via', '10.0.0.9');
  host.run('ip', 'route', 'replace', '10.8.0.0/16', 'via', '10.0.0.10');
  host.run('ip', 'route', 'del', '10.8.0.0/16');
  host.run('ip', '-6', 'route', 'add', 'fd99::/48', 'via', 'fd00::9');
  host.run('ip', 'link', 'del', 'eth0');
  await until('the end of eth0', () => told.includes('-link eth0 down'), soon);
  for (const expected of [
    '+link eth0 up',
    '+address 10.0.0.1/24',
    '+route 10.0.0.0/24 table 254 metric 0',
    '+address fd00::1/64',
    '+route 10.8.0.0/16 via 10.0.0.9 table 254 metric 0',
    '+route 10.8.0.0/16 via 10.0.0.10 table 254 metric 0 replacing',
    '-route 10.8.0.0/16 via 10.0.0.10 table 254 metric 0',
    '+route fd99::/48 via fd00::9 table 254 metric 1024',
    '-address 10.0.0.1/24',
  ]) {
    assert.ok(told.includes(expected), `${expected} in\n${told.join('\n')}`);
  }
  assert.equal(listening.lost, 0);
});

kernelTest('RouteWatch.drain() tells what has happened, at once', (host) => {
  using poller = new Poller();
  using listening = listen(host, poller, ['link']);
  host.run('ip', 'link', 'set', 'lo', 'up');
  listening.watch.drain();
  assert.deepEqual(listening.told, ['+link lo up']);
});

kernelTest('RouteWatch takes a port that leaves its bridge for no link that is gone', (host) => {
  host.run('ip', 'link', 'add', 'br0', 'up', 'type', 'bridge');
  host.run('ip', 'link', 'add', 'eth0', 'master', 'br0', 'type', 'veth', 'peer', 'name', 'eth1');
  using poller = new Poller();
  using listening = listen(host, poller, ['link']);
  host.run('ip', 'link', 'set', 'eth0', 'nomaster');
  listening.watch.drain();
  assert.ok(listening.told.length > 0);
  assert.deepEqual(
    listening.told.filter((told) => told.startsWith('-')),
    [],
  );
});

kernelTest('RouteWatch says when more happened than could be kept', async (host) => {
  host.run('ip', 'link', 'set', 'lo', 'up');
  using poller = new Poller();
  using listening = listen(host, poller, ['route4']);
  const routes = 'for (n = 0; n < 6000; n++) print "route add 10." int(n / 256) "." n % 256 ".0/24 dev lo"';
  host.run('sh', '-c', `awk 'BEGIN { ${routes} }' | ip -batch -`);
  await until('the loss', () => listening.lost > 0, soon);
  listening.watch.drain();
  const before = listening.told.length;
  assert.ok(before > 100 && before < 6000, `${before} of 6000 told`);
  host.run('ip', 'route', 'add', '192.0.2.0/24', 'dev', 'lo');
  await until('the route after the loss', () => listening.told.at(-1)!.includes('192.0.2.0/24'), soon);
  assert.equal(listening.lost, 1);
});

kernelTest('RouteWatch gives the loop back while there is much to tell', async (host) => {
  host.run('ip', 'link', 'set', 'lo', 'up');
  using poller = new Poller();
  let told = 0;
  const slow = (): void => {
    told++;
    for (const end = performance.now() + 1; performance.now() < end; );
  };
  using _watch = RouteWatch.open(poller, { groups: ['route4'], netnsFd: host.fd, onChange: slow, onLost: () => {} });
  const routes = 'for (n = 0; n < 60; n++) print "route add 10.0." n ".0/24 dev lo"';
  host.run('sh', '-c', `awk 'BEGIN { ${routes} }' | ip -batch -`);
  const turns: number[] = [];
  for (let before = 0; told < 60; before = told) {
    await new Promise(setImmediate);
    turns.push(told - before);
  }
  assert.ok(Math.max(...turns) <= 5, `${turns}`); // 2 ms, and the one that begins before they are over
});

kernelTest('RouteWatch tells nothing once it is closed, and leaves the loop', async (host) => {
  using poller = new Poller();
  const listening = listen(host, poller);
  listening[Symbol.dispose]();
  listening[Symbol.dispose]();
  host.run('ip', 'link', 'set', 'lo', 'up');
  await sleep(20);
  assert.deepEqual(listening.told, []);
});
