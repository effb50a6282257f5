import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addBridge,
  addLink,
  addVeth,
  deleteLink,
  deleteLinkAsync,
  findLink,
  listLinks,
  setBridgePort,
  setLink,
} from '../../src/netlink/rt/link.ts';
import { macvlanAttrs } from '../../src/netlink/rt/link-attrs.ts';
import { bridgeMessage, setLinkMessage } from '../../src/netlink/rt/link-message.ts';
import { until } from '../lab/until.ts';
import { kernelTest, openHost } from './fixture.ts';

kernelTest('addBridge() makes what ip(8) then shows', ({ rt, ip }) => {
  const index = addBridge(rt, {
    name: 'br-test',
    mac: '02:42:00:00:00:01',
    mtuBytes: 1400,
    alias: 'portolan:net1',
    up: true,
    bridge: { multicastSnooping: false, forwardDelayCs: 0 },
  });
  const [shown] = ip('link', 'show', 'br-test');
  assert.equal(shown?.['ifindex'], index);
  assert.equal(shown?.['address'], '02:42:00:00:00:01');
  assert.equal(shown?.['mtu'], 1400);
  assert.equal(shown?.['ifalias'], 'portolan:net1');
  assert.ok(shown?.['flags'].includes('UP'));
  assert.equal(shown?.['linkinfo'].info_data.mcast_snooping, 0);
  assert.equal(shown?.['linkinfo'].info_data.forward_delay, 0);
});

kernelTest('addVeth() has one end on the bridge and up, and the other born in the other namespace', ({ rt, ip }) => {
  using inner = openHost();
  const bridge = addBridge(rt, { name: 'br0', up: true });
  const index = addVeth(rt, {
    name: 'veth0',
    alias: 'portolan:ep1',
    masterIndex: bridge,
    up: true,
    port: { isolated: true, hairpin: true },
    peer: { name: 'eth0', netnsFd: inner.fd, mac: '02:42:ac:11:00:02', mtuBytes: 1300 },
  });
  const [near] = ip('link', 'show', 'veth0');
  assert.equal(near?.['ifindex'], index);
  assert.equal(near?.['master'], 'br0');
  assert.equal(near?.['ifalias'], 'portolan:ep1');
  assert.ok(near?.['flags'].includes('UP'));
  assert.equal(near?.['linkinfo'].info_slave_data.isolated, true);
  assert.equal(near?.['linkinfo'].info_slave_data.hairpin, true);
  const [far] = inner.ip('link', 'show', 'eth0');
  assert.equal(far?.['address'], '02:42:ac:11:00:02');
  assert.equal(far?.['mtu'], 1300);
  assert.equal(far?.['link_index'], index);
  assert.deepEqual(
    ip('link').map((link) => link['ifname']),
    ['lo', 'br0', 'veth0'],
  );
});

kernelTest('addVeth() leaves neither end when its port options are refused', ({ rt, ip }) => {
  assert.throws(() => addVeth(rt, { name: 'v0', port: { isolated: true }, peer: { name: 'v1' } }));
  assert.deepEqual(
    ip('link').map((link) => link['ifname']),
    ['lo'],
  );
});

kernelTest('addBridge() of a taken name changes nothing of the link that has it', ({ rt, ip }) => {
  addBridge(rt, { name: 'br0', alias: 'mine' });
  assert.throws(() => addBridge(rt, { name: 'br0', alias: 'theirs' }), { code: 'EEXIST', op: 'RTM_NEWLINK' });
  assert.equal(ip('link', 'show', 'br0')[0]?.['ifalias'], 'mine');
});

kernelTest('findLink() and listLinks() tell what ip(8) tells', async ({ rt, ip, run }) => {
  run('ip', 'link', 'add', 'br0', 'alias', 'a b', 'type', 'bridge', 'ageing_time', '1000');
  run('ip', 'link', 'add', 'v0', 'mtu', '1280', 'type', 'veth', 'peer', 'name', 'v1');
  run('ip', 'link', 'set', 'v0', 'master', 'br0', 'up');
  run('ip', 'link', 'set', 'v0', 'promisc', 'on');
  run('bridge', 'link', 'set', 'dev', 'v0', 'isolated', 'on', 'learning', 'off');
  // The kernel works operational states out when it gets to it.
  const atRest = (): boolean => listLinks(rt).some((one) => one.name === 'v0' && one.operState === 'lowerlayerdown');
  await until('the port has noticed that its peer is down', atRest);
  const links = listLinks(rt);
  for (const shown of ip('link')) {
    const link = links.find(({ index }) => index === shown['ifindex']);
    assert.equal(link?.name, shown['ifname']);
    assert.equal(link?.mtuBytes, shown['mtu']);
    assert.equal(link?.mac, shown['address']);
    assert.equal(link?.kind, shown['linkinfo']?.info_kind ?? '');
    assert.equal(link?.operState, shown['operstate'].toLowerCase());
    assert.equal(link?.up, shown['flags'].includes('UP'));
    assert.equal(link?.alias, shown['ifalias'] ?? '');
  }
  const port = findLink(rt, 'v0');
  assert.equal(port?.masterIndex, findLink(rt, 'br0')?.index);
  assert.equal(port?.peerIndex, findLink(rt, 'v1')?.index);
  assert.equal(port?.promisc, true);
  assert.equal(port?.bridgePort?.isolated, true);
  assert.equal(port?.bridgePort?.learning, false);
  assert.equal(findLink(rt, 'br0')?.bridge?.ageingTimeCs, 1000);
  assert.equal(findLink(rt, 'none'), undefined);
  assert.equal(findLink(rt, 4711), undefined);
});

kernelTest('listLinks() has the kernel choose by bridge and by kind', ({ rt }) => {
  const bridge = addBridge(rt, { name: 'br0' });
  addBridge(rt, { name: 'br1' });
  addVeth(rt, { name: 'v0', masterIndex: bridge, peer: { name: 'v1' } });
  const names = (only: Parameters<typeof listLinks>[1]): string[] => listLinks(rt, only).map(({ name }) => name);
  assert.deepEqual(names({ masterIndex: bridge }), ['v0']);
  assert.deepEqual(names({ kind: 'bridge' }), ['br0', 'br1']);
});

kernelTest('setLink() changes what it is told and nothing else', ({ rt, ip }) => {
  using inner = openHost();
  addVeth(rt, { name: 'v0', alias: 'keep', mtuBytes: 1400, peer: { name: 'v1' } });
  setLink(rt, 'v0', { up: true, mac: '02:00:00:00:00:09' });
  setLink(rt, 'v0', { promisc: true });
  const [shown] = ip('link', 'show', 'v0');
  assert.deepEqual([shown?.['mtu'], shown?.['address'], shown?.['ifalias']], [1400, '02:00:00:00:00:09', 'keep']);
  assert.ok(shown?.['flags'].includes('UP') && shown?.['flags'].includes('PROMISC'));
  setLink(rt, 'v0', { down: true, promisc: false });
  setLink(rt, 'v0', { name: 'renamed', netnsFd: inner.fd });
  assert.ok(!ip('link').some((link) => link['ifname'] === 'v0'));
  const [moved] = inner.ip('link', 'show', 'renamed');
  assert.ok(!moved?.['flags'].includes('UP') && !moved?.['flags'].includes('PROMISC'));
});

kernelTest('setBridgePort() changes one option of a port', ({ rt, ip }) => {
  const bridge = addBridge(rt, { name: 'br0' });
  addVeth(rt, { name: 'v0', masterIndex: bridge, port: { isolated: true }, peer: { name: 'v1' } });
  setBridgePort(rt, 'v0', { neighSuppress: true, flood: false });
  const options = ip('link', 'show', 'v0')[0]?.['linkinfo'].info_slave_data;
  assert.deepEqual([options.isolated, options.neigh_suppress, options.flood], [true, true, false]);
});

kernelTest('addLink() makes kinds that have no function of their own', ({ rt, ip }) => {
  addVeth(rt, { name: 'v0', up: true, peer: { name: 'v1' } });
  const linkIndex = findLink(rt, 'v0')?.index;
  const index = addLink(rt, { name: 'm0', kind: 'macvlan', linkIndex, data: macvlanAttrs.encode({ mode: 4 }) });
  const [shown] = ip('link', 'show', 'm0');
  assert.deepEqual([shown?.['ifindex'], shown?.['linkinfo'].info_data.mode], [index, 'bridge']);
});

kernelTest(
  'deleteLink() and deleteLinkAsync() delete, by index and name, and refuse what is not there',
  async ({ rt, ip }) => {
    addVeth(rt, { name: 'v0', peer: { name: 'v1' } });
    deleteLink(rt, 'v0');
    const index = addBridge(rt, { name: 'br0' });
    const deletion = deleteLinkAsync(rt, index);
    assert.equal(findLink(rt, 'lo')?.index, 1); // a synchronous request goes in between
    await deletion;
    assert.deepEqual(
      ip('link').map((link) => link['ifname']),
      ['lo'],
    );
    await assert.rejects(deleteLinkAsync(rt, index), { code: 'ENODEV' });
  },
);

kernelTest('deleteLinkAsync() leaves the event loop free while the kernel waits', async ({ rt }) => {
  for (let i = 0; i < 5; i++) addBridge(rt, { name: `br${i}`, up: true });
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  for (let i = 0; i < 5; i++) await deleteLinkAsync(rt, `br${i}`);
  clearInterval(timer);
  assert.ok(ticks >= 5, `${ticks} ticks`);
});

kernelTest('a connection that is closed while a deletion is under way lets it finish', async ({ fd, ip }) => {
  const { RouteConnection } = await import('../../src/netlink/connection.ts');
  const rt = RouteConnection.open(fd);
  addBridge(rt, { name: 'br0' });
  const deletion = deleteLinkAsync(rt, 'br0');
  await sleep(1);
  rt[Symbol.dispose]();
  await deletion;
  assert.equal(ip('link').length, 1);
  assert.throws(() => findLink(rt, 'lo'), { code: 'EBADF' });
});

kernelTest('batchResults() applies what it can and names what it cannot', ({ rt, ip }) => {
  const results = rt.batchResults([
    bridgeMessage({ name: 'br0' }),
    bridgeMessage({ name: 'br0' }),
    setLinkMessage('nope', { up: true }),
    setLinkMessage('br0', { alias: 'x' }),
  ]);
  assert.deepEqual(
    results.map((error) => error?.code),
    [undefined, 'EEXIST', 'ENODEV', undefined],
  );
  assert.equal(ip('link', 'show', 'br0')[0]?.['ifalias'], 'x');
});

kernelTest('batch() survives more refusals than a receive buffer holds', async ({ rt }) => {
  const messages = Array.from({ length: 1000 }, () => setLinkMessage('nope', { up: true }));
  assert.equal(rt.batchResults(messages).filter((error) => error?.code === 'ENODEV').length, 1000);
  await assert.rejects(rt.batchAsync(messages), { code: 'ENODEV' });
});

kernelTest('errors carry the sentence of the kernel', ({ rt }) => {
  assert.throws(
    () => addBridge(rt, { name: 'a-name-that-is-too-long' }),
    /RTM_NEWLINK: ERANGE: a-name-that-is-too-long: .+/,
  );
});
