import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  elementsOfNetwork,
  elementsOfPorts,
  type Firewall,
  type NetworkIntent,
  type PortsIntent,
} from '../../src/network/firewall/index.ts';
import { warmThreadPool } from '../../src/syscall/netns.ts';
import { addresses, FirewallLab, type Place } from './firewall-lab.ts';

const { host, a1, a2, b1, far } = addresses;
const networkA: NetworkIntent = {
  owner: 'a',
  bridge: 'br-a',
  subnets: ['192.0.2.0/25', '2001:db8:a::/64'],
  internal: false,
  icc: true,
  masquerade: true,
};
const networkB: NetworkIntent = { ...networkA, owner: 'b', bridge: 'br-b', subnets: ['192.0.2.128/25'] };
const portsOfA1: PortsIntent = {
  owner: 'a1',
  ipv4: a1,
  ports: [{ protocol: 'tcp', containerPort: 80, count: 1, hostIp: '', hostPort: 8080 }],
};

describe('the rule set between networks', () => {
  let lab: FirewallLab;
  let firewall: Firewall;

  before(async () => {
    await warmThreadPool();
    lab = new FirewallLab('isolation');
    for (const place of ['a1', 'a2', 'b1', 'far', 'remote', 'engine'] as const) await lab.serve(place, 'tcp', 80);
  });
  beforeEach(() => {
    firewall?.[Symbol.dispose]();
    firewall = lab.firewall();
    firewall.remove();
    firewall.install();
  });
  after(() => {
    firewall?.[Symbol.dispose]();
    lab?.[Symbol.dispose]();
  });

  const reaches = (from: Place, to: string, port = 80): boolean => lab.ask(from, 'tcp', to, port) !== '';
  const put = (...networks: readonly NetworkIntent[]): void =>
    firewall.apply({ add: networks.flatMap((network) => elementsOfNetwork(network)) });
  /** The reason that counts the packets of `attempt`, which must not succeed. */
  const droppedAs = (from: Place, to: string, port = 80): readonly string[] => {
    const before = firewall.drops();
    assert.equal(reaches(from, to, port), false, `${from} reached ${to}`);
    return Object.entries(firewall.drops()).flatMap(([name, now]) =>
      now.packets > before[name]!.packets ? [name] : [],
    );
  };

  test('two networks do not reach each other', () => {
    put(networkA, networkB);
    assert.deepEqual(droppedAs('a1', b1), ['isolation']);
    assert.deepEqual(droppedAs('b1', a2), ['isolation']);
    assert.equal(reaches('a1', a2), true);
    assert.equal(reaches('a1', far), true);
  });

  test('an internal network has no way out or in, not even to a published port, but reaches the host', () => {
    put({ ...networkB, internal: true }, networkA);
    firewall.apply({ add: elementsOfPorts(portsOfA1) });
    assert.deepEqual(droppedAs('b1', far), ['internal']);
    assert.deepEqual(droppedAs('b1', host, 8080), ['internal']);
    assert.deepEqual(droppedAs('remote', b1), ['internal']);
    assert.equal(reaches('b1', '192.0.2.129'), true);
  });

  test('without ICC containers do not reach each other by way of their gateway, but do by published ports', () => {
    put({ ...networkA, icc: false });
    firewall.apply({ add: elementsOfPorts(portsOfA1) });
    lab.run('engine', 'sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=0');
    for (const [place, other] of [
      ['a1', a2],
      ['a2', a1],
    ] as const)
      lab.run(place, 'ip', 'route', 'add', other, 'via', '192.0.2.1');
    assert.deepEqual(droppedAs('a2', a1), ['apart']);
    assert.equal(reaches('a2', host, 8080), true);
    assert.equal(reaches('a2', far), true);
    for (const [place, other] of [
      ['a1', a2],
      ['a2', a1],
    ] as const)
      lab.run(place, 'ip', 'route', 'del', other);
  });

  test('a routed network is reached by its published ports and ICMP, and is not masqueraded', () => {
    put({ ...networkA, mode4: 'routed' });
    firewall.apply({ add: elementsOfPorts({ ...portsOfA1, mode4: 'routed' }) });
    assert.equal(lab.ask('remote', 'tcp', a1, 80), addresses.remote);
    lab.run('remote', 'ping', '-c1', '-W1', a2);
    assert.deepEqual(droppedAs('remote', a2), ['unpublished']);
    assert.equal(reaches('remote', host, 8080), false);
    assert.equal(lab.ask('a1', 'tcp', far, 80), a1);
  });

  test('a network without protection is reached directly on any port, but not from other networks', () => {
    put({ ...networkA, mode4: 'nat-unprotected' }, networkB);
    assert.equal(reaches('remote', a2), true);
    assert.deepEqual(droppedAs('b1', a2), ['isolation']);
  });

  test('published ports are reached directly from a trusted interface only, or from everywhere when so asked', () => {
    put({ ...networkA, trusted: ['eth1'] }, networkB);
    firewall.apply({ add: elementsOfPorts({ ...portsOfA1, direct: 'trusted' }) });
    lab.run('far', 'ip', 'route', 'replace', '192.0.2.0/25', 'via', '203.0.113.1');
    assert.equal(lab.ask('far', 'tcp', a1, 80), far);
    assert.deepEqual(droppedAs('far', a2), ['unpublished']);
    assert.deepEqual(droppedAs('remote', a1), ['unpublished']);
    assert.deepEqual(droppedAs('b1', a1), ['isolation']);
    firewall.apply({ add: elementsOfPorts({ ...portsOfA1, direct: 'all' }) });
    assert.equal(lab.ask('remote', 'tcp', a1, 80), addresses.remote);
    assert.deepEqual(droppedAs('remote', a2), ['unpublished']);
    lab.run('far', 'ip', 'route', 'del', '192.0.2.0/25');
  });

  test('packets with the accepted mark reach every port of a container, others do not', () => {
    lab.run(
      'engine',
      'nft',
      'add table ip marker; add chain ip marker in { type filter hook prerouting priority mangle; }',
    );
    lab.run('engine', 'nft', 'add rule ip marker in tcp dport 80 iifname eth1 meta mark set 0x105');
    firewall.remove();
    firewall[Symbol.dispose]();
    firewall = lab.firewall([], { mark: 0x5, mask: 0xff });
    firewall.install();
    assert.equal(firewall.install(), false);
    put(networkA);
    lab.run('far', 'ip', 'route', 'replace', '192.0.2.0/25', 'via', '203.0.113.1');
    assert.equal(lab.ask('far', 'tcp', a1, 80), far);
    assert.deepEqual(droppedAs('remote', a1), ['unpublished']);
    lab.run('engine', 'nft', 'delete table ip marker');
    assert.deepEqual(droppedAs('far', a1), ['unpublished']);
    lab.run('far', 'ip', 'route', 'del', '192.0.2.0/25');
  });

  test('TCP segments fit on the way, in both directions', async (t) => {
    put(networkA);
    lab.run('engine', 'ip', 'link', 'set', 'eth1', 'mtu', '1280');
    t.after(() => lab.run('engine', 'ip', 'link', 'set', 'eth1', 'mtu', '1500'));
    lab.start('far', 'socat', 'TCP4-LISTEN:7001,reuseaddr', 'PIPE');
    lab.start('a1', 'socat', `TCP4:${far}:7001,retry=20,interval=0.05`, 'EXEC:sleep 60');
    const segment = (place: Place): number => {
      const [, bytes] =
        / mss:(\d+)/.exec(lab.run(place, 'ss', '-Htni', 'state', 'established', '( sport = 7001 or dport = 7001 )')) ??
        [];
      return Number(bytes);
    };
    while (Number.isNaN(segment('a1')) || Number.isNaN(segment('far'))) await sleep(20);
    // 40 bytes of headers, 12 of time stamps.
    assert.deepEqual([segment('a1'), segment('far')], [1228, 1228]);
  });

  test('a network may leave under an address that is given', () => {
    lab.run('engine', 'ip', 'addr', 'add', '203.0.113.77/24', 'dev', 'eth1');
    put({ ...networkA, snat4: '203.0.113.77' });
    assert.equal(lab.ask('a1', 'tcp', far, 80), '203.0.113.77');
  });

  test('foreign forwarding is left alone, or dropped when the engine turned forwarding on', () => {
    put(networkA);
    assert.equal(reaches('remote', far), true);
    firewall[Symbol.dispose]();
    firewall = lab.firewall([4, 6]);
    firewall.install();
    put(networkA);
    assert.deepEqual(droppedAs('remote', far), ['foreign']);
    assert.equal(reaches('a1', far), true);
    assert.equal(reaches('remote', host), true);
  });
});
