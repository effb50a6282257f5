import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedOf } from '../plan/expected.ts';
import { emptyNamespace, emptyPlan, mergePlans } from '../plan/merge.ts';
import type { Observed, ObservedLink, ObservedNamespace } from '../plan/observed.ts';
import type { Plan, PlannedLink } from '../plan/types.ts';
import { difference } from './difference.ts';
import { LostLinks, linkThatMayFail } from './lost-links.ts';
import { host, type Operation } from './operations.ts';

const missing = 'there is no eth0';
const vlan: PlannedLink = { name: 'eth0.10', owner: 'parent:eth0.10', kind: { type: 'vlan', parent: 'eth0', id: 10 } };
const eth0: PlannedLink = { name: 'eth0', owner: 'network:n', kind: { type: 'foreign', missing } };
const network = (...links: PlannedLink[]): Plan => ({ ...emptyPlan, host: { ...emptyNamespace, links } });
const child = (parent: string): Plan => ({
  ...emptyPlan,
  sandboxes: new Map([
    [
      's',
      {
        links: [
          {
            name: 'eth0',
            owner: 'endpoint:e',
            kind: { type: 'macvlan', parent, mode: 'bridge' },
            mac: '02:00:00:00:00:02',
          },
        ],
        addresses: [{ link: 'eth0', cidr: '192.0.2.9/24', owner: 'endpoint:e' }],
        routes: [{ link: 'eth0', destination: '0.0.0.0/0', via: '192.0.2.1', owner: 'endpoint:e' }],
        sysctls: [{ key: 'net/ipv6/conf/eth0/disable_ipv6', value: '0', owner: 'endpoint:e' }],
      },
    ],
  ]),
});

const verbs = (operations: readonly Operation[]): string[] =>
  operations.map((operation) => {
    const name = 'link' in operation ? operation.link.name : 'name' in operation ? operation.name : '';
    return `${operation.where} ${operation.verb} ${name}`.trim();
  });

/** What the kernel shows of a plan, with more said of some links of one namespace. */
function seen(plan: Plan, where: string, more: Readonly<Record<string, Partial<ObservedLink>>>): Observed {
  const observed = expectedOf(plan);
  const change = (namespace: ObservedNamespace): ObservedNamespace => ({
    ...namespace,
    links: new Map(Array.from(namespace.links, ([name, link]) => [name, { ...link, ...more[name] }])),
  });
  if (where === host) return { ...observed, host: change(observed.host) };
  const sandboxes = new Map(
    Array.from(observed.sandboxes, ([id, one]) => [id, id === where ? change(one) : one] as const),
  );
  return { ...observed, sandboxes };
}

test('a foreign parent is required where it is not seen, and never made, changed or removed', () => {
  const plan = network(eth0);
  assert.deepEqual(verbs(difference(plan, expectedOf(emptyPlan)).operations), ['host require-link eth0']);
  assert.deepEqual(difference(plan, seen(plan, host, { eth0: { up: false, mtu: 9000 } })).operations, []);
  assert.deepEqual(difference(emptyPlan, expectedOf(plan)).operations, []);
});

test('routes with our number that somebody else put on a foreign parent stay', () => {
  const plan = network(eth0);
  const observed = expectedOf(plan);
  const routes = [{ link: 'eth0', destination: '198.51.100.0/24' }];
  assert.deepEqual(difference(plan, { ...observed, host: { ...observed.host, routes } }).operations, []);
});

test('a VLAN link that several networks stand on is made once, and goes with the last', () => {
  const two = mergePlans([network(vlan), network(vlan)]);
  assert.deepEqual(verbs(difference(two, expectedOf(emptyPlan)).operations), ['host create-link eth0.10']);
  assert.deepEqual(difference(network(vlan), expectedOf(two)).operations, []);
  assert.deepEqual(verbs(difference(emptyPlan, expectedOf(network(vlan))).operations), ['host delete-link eth0.10']);
});

test('a VLAN link that is not ours is used as it is', () => {
  const plan = network(vlan);
  assert.deepEqual(difference(plan, seen(plan, host, { 'eth0.10': { owner: undefined, up: false } })).operations, []);
});

test('a child is made again, with all that it has, when it stands on another parent or works in another way', () => {
  const plan = mergePlans([network(eth0), child('eth0')]);
  const again = [
    's delete-link eth0',
    's create-link eth0',
    's write-sysctl',
    's add-address',
    's add-route',
    's announce eth0',
  ];
  const elsewhere = {
    ...seen(plan, 's', { eth0: { peerIndex: 6 } }),
    host: seen(plan, host, { eth0: { index: 7 } }).host,
  };
  assert.deepEqual(verbs(difference(plan, elsewhere).operations), again);
  const hidden = seen(plan, 's', { eth0: { mode: 'private' } });
  assert.ok(verbs(difference(plan, hidden).operations).includes('s delete-link eth0'));
  const same = seen(plan, 's', { eth0: { mode: 'bridge', index: 3 } });
  assert.deepEqual(difference(plan, same).operations, []);
});

test('a stranger inside a sandbox that has the name of a child fails that child alone', () => {
  const plan = child('eth0');
  const stranger = seen(plan, 's', { eth0: { owner: undefined } });
  assert.deepEqual(verbs(difference(plan, stranger).operations), ['s create-link eth0']);
});

test('LostLinks leave out what belongs to a link that could not be made, and its children with theirs', () => {
  const other = network({ name: 'br0', owner: 'network:o', kind: { type: 'bridge' } });
  const plan = mergePlans([network(vlan), other, child('eth0.10')]);
  const { operations } = difference(plan, expectedOf(emptyPlan));
  const lost = new LostLinks();
  const kept = operations.filter((operation) => {
    if (lost.concerns(operation)) return false;
    if (linkThatMayFail(operation)?.name === 'eth0.10') lost.add(operation, 'eth0.10');
    return !lost.operations.has(operation);
  });
  assert.deepEqual(verbs(kept), ['host create-link br0']);
  assert.equal(lost.operations.size, operations.length - 1);
});
