import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  elementOfMember,
  elementsOfLink,
  elementsOfNetwork,
  elementsOfPorts,
  Firewall,
} from '../../src/network/firewall/index.ts';
import type { NftElement } from '../../src/network/plan/types.ts';
import { NftContext } from '../../src/nftables/context.ts';
import { createNetns, warmThreadPool } from '../../src/syscall/netns.ts';

const port = { protocol: 'tcp', containerPort: 80, count: 1, hostIp: '', hostPort: 8080 } as const;

/** At least one element of every set and map. */
const everything: readonly NftElement[] = [
  ...networks({ masquerade: true }),
  ...networks({ bridge: 'ip', icc: false, internal: true }),
  ...networks({ bridge: 'br-2', mode4: 'routed', mode6: 'routed', subnets: ['10.2.0.0/15', '2001:db8:2::/48'] }),
  ...networks({
    bridge: 'br-3',
    mode4: 'nat-unprotected',
    mode6: 'nat-unprotected',
    subnets: ['10.9.0.1/32', '2001:db8:3::1/128'],
  }),
  ...networks({
    bridge: 'br-4',
    subnets: ['10.4.0.0/24', '2001:db8:4::/64'],
    trusted: ['eth1'],
    snat4: '192.0.2.99',
    snat6: '2001:db8:0:0:0::99',
  }),
  ...published('nat'),
  ...elementsOfPorts({
    owner: 'endpoint:v4',
    ports: [
      { ...port, hostPort: 9001 },
      { ...port, hostPort: 9002, count: 3, hostIp: '2001:db8::9' },
      { ...port, hostPort: 9005, hostIp: '2001:db8::9' },
      { ...port, hostPort: 9006, count: 3 },
    ],
    ipv4: '192.0.2.3',
  }),
  ...published('routed'),
  ...elementsOfLink({
    owner: 'endpoint:l',
    from: '192.0.2.2',
    to: '192.0.2.3',
    ports: [{ protocol: 'tcp', port: 80 }],
  }),
  ...elementsOfLink({
    owner: 'endpoint:l',
    from: '2001:db8::2',
    to: '2001:db8::3',
    ports: [{ protocol: 'udp', port: 53 }],
  }),
  elementOfMember('endpoint:l', 'veth1'),
];

function networks(change: Partial<Parameters<typeof elementsOfNetwork>[0]>): readonly NftElement[] {
  const subnets = ['192.0.2.0/24', '2001:db8::/64'];
  return elementsOfNetwork({
    owner: 'network:1',
    bridge: 'br-1',
    subnets,
    internal: false,
    icc: true,
    masquerade: true,
    ...change,
  });
}

function published(mode: 'nat' | 'routed'): readonly NftElement[] {
  const range = { ...port, containerPort: 8000, hostPort: 8000, count: 500 };
  const ports = [
    port,
    { ...port, protocol: 'sctp', hostPort: 8081, hostIp: '198.51.100.1' },
    { ...port, containerPort: 81, hostPort: 8082, hostIp: '2001:db8:0:1:0:0:0:1' },
    range,
    { ...range, protocol: 'udp', hostIp: '198.51.100.1' },
    { ...range, protocol: 'udp', hostIp: '2001:db8::9' },
  ] as const;
  const to = mode === 'nat' ? ['192.0.2.2', '2001:db8::2'] : ['10.2.0.2', '2001:db8:2::2'];
  return elementsOfPorts({
    owner: `endpoint:${mode}`,
    ports: mode === 'nat' ? ports : [port, range],
    ipv4: to[0]!,
    ipv6: to[1]!,
    mode4: mode,
    mode6: mode,
    direct: 'trusted',
  });
}

const sorted = (elements: readonly NftElement[]): readonly string[] =>
  elements.map(({ set, key, value = '', owner }) => `${set} ${key} ${value} ${owner}`).sort();

describe('Firewall', () => {
  let netns: ReturnType<typeof createNetns>;
  let context: NftContext;
  let firewall: Firewall;

  before(warmThreadPool);
  beforeEach(() => {
    context?.[Symbol.dispose]();
    netns?.[Symbol.dispose]();
    netns = createNetns();
    context = NftContext.open(netns.fd);
    firewall = new Firewall({ context, table: 'portolan' });
  });
  after(() => {
    context?.[Symbol.dispose]();
    netns?.[Symbol.dispose]();
  });

  test('list() spells every kind of element as it was intended, with its owner', () => {
    firewall.install();
    firewall.apply({ add: everything });
    assert.deepEqual(sorted(firewall.list()), sorted(everything));
    const sets = context.json('list sets').length + context.json('list maps').length - 3; // the versions of both tables, guarded
    assert.equal(new Set(everything.map(({ set }) => set)).size, sets, 'a set without an element in this test');
  });

  test('apply() and applyAsync() are safe to repeat, in both directions', async () => {
    firewall.install();
    firewall.apply({ remove: everything });
    for (let i = 0; i < 2; i++) firewall.apply({ add: everything });
    assert.equal(firewall.list().length, everything.length);
    for (let i = 0; i < 2; i++) await firewall.applyAsync({ remove: everything, add: everything.slice(0, 3) });
    assert.deepEqual(sorted(firewall.list()), sorted(everything.slice(0, 3)));
  });

  test('apply() corrects what somebody else changed in our table', () => {
    firewall.install();
    firewall.apply({ add: everything });
    const element = { set: 'publish4', key: 'tcp . 8080', value: '192.0.2.2 . 80', owner: 'endpoint:nat' };
    const spoil = (): void =>
      context.run(
        'delete element inet portolan publish4 { tcp . 8080 : 192.0.2.2 . 80 }\nadd element inet portolan publish4 { tcp . 8080 : 192.0.2.66 . 80 }',
      );
    spoil();
    firewall.apply({ add: [element] });
    assert.deepEqual(sorted(firewall.list()), sorted(everything));
    spoil();
    firewall.apply({ remove: [element] });
    assert.equal(firewall.list().length, everything.length - 1);
  });

  test('apply() changes everything or nothing', () => {
    firewall.install();
    const good = everything[0]!;
    assert.throws(() => firewall.apply({ add: [good, { set: 'nosuch', key: '"x"', owner: 'x' }] }));
    assert.deepEqual(firewall.list(), []);
  });

  test('install() keeps a table that is ours and complete, with its elements', () => {
    assert.equal(firewall.install(), true);
    firewall.apply({ add: everything });
    assert.equal(firewall.install(), false);
    assert.equal(firewall.list().length, everything.length);
  });

  for (const [what, command] of [
    ['a chain was flushed', 'flush chain inet portolan forward'],
    ['a rule was added', 'insert rule inet portolan forward accept'],
    ['the version is another', 'delete table inet portolan\nadd table inet portolan'],
    ['everything is gone', 'flush ruleset'],
  ] as const) {
    test(`install() puts the rules in anew when ${what}`, () => {
      firewall.install();
      const wanted = rules(context);
      context.run(command);
      assert.equal(firewall.install(), true);
      assert.deepEqual(rules(context), wanted);
      assert.deepEqual(firewall.list(), []);
    });
  }

  test('guard() says in the kernel whose forwarding is for containers only, and install() keeps to it', () => {
    const guarded = (): string => JSON.stringify(context.json('list set inet portolan guarded'));
    firewall.install();
    assert.doesNotMatch(guarded(), /ipv6/);
    firewall.guard(6);
    assert.match(guarded(), /"elem":\["ipv6"\]/);
    context.run('flush ruleset');
    firewall.install();
    assert.match(guarded(), /"elem":\["ipv6"\]/);
    assert.equal(new Firewall({ context, table: 'portolan' }).install(), false);
    assert.doesNotMatch(guarded(), /ipv6/);
    assert.deepEqual(firewall.list(), []);
  });

  test('remove() takes our table only, and again without complaint', () => {
    context.run('add table inet other\nadd chain inet other c');
    const second = new Firewall({ context, table: 'portolan2' });
    firewall.install();
    second.install();
    for (let i = 0; i < 2; i++) firewall.remove();
    const names = context.json('list tables').map(({ table }) => (table as { name: string }).name);
    assert.deepEqual(names, ['other', 'portolan2', 'portolan2'], 'of both families');
  });
});

/** The rules as nft lists them, without handles. */
const rules = (context: NftContext): readonly string[] =>
  context
    .json('list table inet portolan')
    .flatMap(({ rule }) => (rule === undefined ? [] : [JSON.stringify({ ...(rule as object), handle: 0 })]));
