import assert from 'node:assert/strict';
import { Cidr } from '../../src/base/index.ts';
import { addAddress, deleteAddress, IFA_F_NODAD, listAddresses } from '../../src/netlink/rt/address.ts';
import { addVeth, findLink, setLink } from '../../src/netlink/rt/link.ts';
import { addNeighbour, deleteNeighbour, forwardingMessage, listNeighbours } from '../../src/netlink/rt/neigh.ts';
import { addRoute, deleteRoute, listRoutes, routeMessage } from '../../src/netlink/rt/route.ts';
import { type Host, kernelTest } from './fixture.ts';

const cidr = Cidr.parse;
const anywhere = cidr('0.0.0.0/0');
const anywhere6 = cidr('::/0');

/** A pair that is up, and the index of one end, which is called eth0. */
function upLink({ rt }: Host): number {
  const index = addVeth(rt, { name: 'eth0', up: true, peer: { name: 'eth1' } });
  setLink(rt, 'eth1', { up: true });
  return index;
}

kernelTest('addAddress() gives what ip(8) then shows', (host) => {
  const linkIndex = upLink(host);
  addAddress(host.rt, { linkIndex, cidr: cidr('172.17.0.2/16'), broadcast: '172.17.255.255' });
  addAddress(host.rt, { linkIndex, cidr: cidr('fd00::2/64'), noDad: true, noPrefixRoute: true });
  const [link] = host.ip('addr', 'show', 'eth0');
  const shown = link?.['addr_info'].filter(({ scope }: { scope: string }) => scope === 'global');
  assert.deepEqual(
    shown.map((a: Record<string, unknown>) => [
      a['local'],
      a['prefixlen'],
      a['broadcast'],
      a['nodad'],
      a['noprefixroute'],
    ]),
    [
      ['172.17.0.2', 16, '172.17.255.255', undefined, undefined],
      ['fd00::2', 64, undefined, true, true],
    ],
  );
  assert.deepEqual(host.ip('-6', 'route', 'show', 'fd00::/64'), []);
});

kernelTest('addAddress() and deleteAddress() refuse what is there, or is not', (host) => {
  const address = { linkIndex: upLink(host), cidr: cidr('172.17.0.2/16') };
  addAddress(host.rt, address);
  assert.throws(() => addAddress(host.rt, address), { code: 'EEXIST', op: 'RTM_NEWADDR' });
  deleteAddress(host.rt, address);
  assert.throws(() => deleteAddress(host.rt, address), { code: 'EADDRNOTAVAIL' });
});

kernelTest('listAddresses() tells what ip(8) set, of all links or of one', (host) => {
  const linkIndex = upLink(host);
  host.run('ip', 'addr', 'add', '10.0.0.1/8', 'brd', '+', 'dev', 'eth0', 'label', 'eth0:x');
  host.run('ip', 'addr', 'add', '169.254.0.1/32', 'dev', 'eth1', 'scope', 'link');
  host.run('ip', 'addr', 'add', 'fd00::1/64', 'dev', 'eth0', 'nodad');
  const mine = listAddresses(host.rt, linkIndex).filter(({ scope }) => scope === 'global');
  assert.deepEqual(
    mine.map((a) => [`${a.cidr}`, a.broadcast, a.label, (a.flags & IFA_F_NODAD) !== 0]),
    [
      ['10.0.0.1/8', '10.255.255.255', 'eth0:x', false],
      ['fd00::1/64', undefined, undefined, true],
    ],
  );
  const all = listAddresses(host.rt).map((a) => `${a.cidr} ${a.scope}`);
  assert.ok(all.includes('169.254.0.1/32 link') && all.includes('10.0.0.1/8 global'));
});

kernelTest('addRoute() makes what ip(8) then shows', (host) => {
  const linkIndex = upLink(host);
  addAddress(host.rt, { linkIndex, cidr: cidr('172.17.0.2/16') });
  addAddress(host.rt, { linkIndex, cidr: cidr('fd00::2/64'), noDad: true });
  addRoute(host.rt, { destination: anywhere, gateway: '172.17.0.1' });
  addRoute(host.rt, { destination: cidr('10.1.2.3/16'), gateway: '10.9.9.9', linkIndex, onlink: true, metric: 7 });
  addRoute(host.rt, { destination: cidr('10.3.0.0/16'), type: 'unreachable' });
  addRoute(host.rt, { destination: cidr('10.4.0.0/16'), linkIndex, table: 1000, preferredSource: '172.17.0.2' });
  addRoute(host.rt, { destination: anywhere6, gateway: 'fd00::1' });
  const shown = (...args: string[]) =>
    host
      .ip('route', 'show', 'proto', '113', ...args)
      .map((r) => [r['type'], r['dst'], r['gateway'], r['metric'], r['scope']]);
  assert.deepEqual(shown(), [
    ['unicast', 'default', '172.17.0.1', undefined, 'global'],
    ['unicast', '10.1.0.0/16', '10.9.9.9', 7, 'global'],
    ['unreachable', '10.3.0.0/16', undefined, undefined, 'global'],
  ]);
  assert.deepEqual(shown('table', '1000'), [['unicast', '10.4.0.0/16', undefined, undefined, 'link']]);
  assert.equal(host.ip('-6', 'route', 'show', 'default', 'proto', '113')[0]?.['gateway'], 'fd00::1');
});

kernelTest('addRoute() refuses a second default route and says why a gateway is wrong', (host) => {
  const linkIndex = upLink(host);
  assert.throws(() => addRoute(host.rt, { destination: anywhere, gateway: '172.17.0.1' }), {
    code: 'ENETUNREACH',
    message: 'RTM_NEWROUTE: ENETUNREACH: 0.0.0.0/0 via 172.17.0.1: Nexthop has invalid gateway',
  });
  addAddress(host.rt, { linkIndex, cidr: cidr('172.17.0.2/16') });
  addRoute(host.rt, { destination: anywhere, gateway: '172.17.0.1' });
  assert.throws(() => addRoute(host.rt, { destination: anywhere, gateway: '172.17.0.9' }), { code: 'EEXIST' });
  host.rt.request(routeMessage({ destination: anywhere, gateway: '172.17.0.9' }, true));
  assert.deepEqual(
    host.ip('route', 'show', 'default').map((r) => r['gateway']),
    ['172.17.0.9'],
  );
});

kernelTest('listRoutes() and deleteRoute() see only what they are asked about', (host) => {
  const linkIndex = upLink(host);
  host.run('ip', 'route', 'add', '10.1.0.0/16', 'dev', 'eth0');
  addRoute(host.rt, { destination: cidr('10.2.0.0/16'), linkIndex });
  const ours = { family: 4, protocol: 113 } as const;
  assert.deepEqual(
    listRoutes(host.rt, ours).map((r) => [`${r.destination}`, r.linkIndex, r.scope, r.protocol, r.table]),
    [['10.2.0.0/16', linkIndex, 'link', 113, 254]],
  );
  assert.equal(listRoutes(host.rt, { family: 4 }).length, 2);
  assert.throws(() => deleteRoute(host.rt, { destination: cidr('10.1.0.0/16'), linkIndex, protocol: 113 }), {
    code: 'ESRCH',
  });
  deleteRoute(host.rt, { destination: cidr('10.2.0.0/16'), linkIndex, protocol: 113 });
  assert.deepEqual(listRoutes(host.rt, ours), []);
  assert.equal(host.ip('route').length, 1);
});

kernelTest('neighbours are made, replaced, listed and deleted', (host) => {
  const linkIndex = upLink(host);
  addNeighbour(host.rt, { linkIndex, address: '172.17.0.1', mac: '02:00:00:00:00:01' });
  addNeighbour(host.rt, { linkIndex, address: '172.17.0.1', mac: '02:00:00:00:00:02' });
  addNeighbour(host.rt, { linkIndex, address: 'fd00::9', mac: '02:00:00:00:00:03' });
  const shown = host.ip('neigh', 'show', 'nud', 'permanent').map((n) => `${n['dst']} ${n['lladdr']}`);
  assert.deepEqual(shown.sort(), ['172.17.0.1 02:00:00:00:00:02', 'fd00::9 02:00:00:00:00:03']);
  assert.equal(listNeighbours(host.rt).find((n) => n.address === '172.17.0.1')?.mac, '02:00:00:00:00:02');
  deleteNeighbour(host.rt, { linkIndex, address: '172.17.0.1' });
  assert.throws(() => deleteNeighbour(host.rt, { linkIndex, address: '172.17.0.1' }), { code: 'ENOENT' });
});

kernelTest('forwardingMessage() puts a hardware address behind a port of a bridge', (host) => {
  host.run('ip', 'link', 'add', 'br0', 'type', 'bridge');
  host.run('ip', 'link', 'add', 'p0', 'master', 'br0', 'type', 'veth', 'peer', 'name', 'p1');
  const linkIndex = findLink(host.rt, 'p0')?.index ?? 0;
  host.rt.request(forwardingMessage({ linkIndex, mac: '02:42:ac:11:00:02', of: 'bridge' }));
  const shown = JSON.parse(host.run('bridge', '-j', 'fdb', 'show', 'dev', 'p0')) as Record<string, string>[];
  assert.equal(shown.find((entry) => entry['mac'] === '02:42:ac:11:00:02')?.['state'], 'static');
  assert.ok(listNeighbours(host.rt, 'bridge').some((n) => n.mac === '02:42:ac:11:00:02' && n.linkIndex === linkIndex));
});
