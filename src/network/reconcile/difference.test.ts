import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedOf } from '../plan/expected.ts';
import { emptyNamespace, emptyPlan, mergePlans } from '../plan/merge.ts';
import { nothingObserved, type Observed, type ObservedLink } from '../plan/observed.ts';
import type { NamespacePlan, NftElement, Plan } from '../plan/types.ts';
import { difference } from './difference.ts';
import { host, isEmpty, type Operation } from './operations.ts';

const hostPlan = (more: Partial<NamespacePlan>): Plan => ({ ...emptyPlan, host: { ...emptyNamespace, ...more } });

const bridge: Plan = hostPlan({
  links: [{ name: 'br0', owner: 'network:n', kind: { type: 'bridge' }, mac: '02:00:00:00:00:01' }],
  addresses: [{ link: 'br0', cidr: '10.0.0.1/24', owner: 'network:n' }],
  sysctls: [{ key: 'net/ipv4/conf/br0/route_localnet', value: '1', owner: 'network:n' }],
});

const pair: Plan = {
  ...hostPlan({
    links: [
      {
        name: 'veth1',
        owner: 'endpoint:e',
        kind: { type: 'veth', sandboxId: 's', peer: { name: 'eth0', mac: '02:00:00:00:00:02' } },
        master: 'br0',
      },
    ],
  }),
  sandboxes: new Map([
    [
      's',
      {
        links: [{ name: 'eth0', owner: 'endpoint:e', kind: { type: 'peer' }, mac: '02:00:00:00:00:02' }],
        addresses: [{ link: 'eth0', cidr: '10.0.0.2/24', owner: 'endpoint:e' }],
        routes: [{ link: 'eth0', destination: '0.0.0.0/0', via: '10.0.0.1', owner: 'endpoint:e' }],
        sysctls: [],
      },
    ],
  ]),
  elements: [{ set: 'publish4', key: 'tcp . 80', value: '10.0.0.2 . 80', owner: 'endpoint:e' }],
};
const both = mergePlans([bridge, pair]);

/** "create-link veth1", "add-address eth0": what a list of steps does to which link. */
const words = (operations: readonly Operation[]): string[] =>
  operations.map((operation) => {
    const { verb } = operation;
    if ('link' in operation) return `${verb} ${operation.link.name}`;
    if ('address' in operation) return `${verb} ${operation.address.link}`;
    if ('route' in operation) return `${verb} ${operation.route.link}`;
    if ('guest' in operation) return `${verb} ${operation.guest.name} ${operation.guest.source}`;
    return 'name' in operation ? `${verb} ${operation.name}` : `${verb} ${operation.sysctl.key.split('/').at(-1)}`;
  });

const changed = (observed: Observed, more: Partial<ObservedLink> & { readonly name: string }): Observed => {
  const links = new Map(observed.host.links);
  links.set(more.name, { ...links.get(more.name)!, ...more });
  return { ...observed, host: { ...observed.host, links } };
};

test('difference() of a plan with what it leads to is empty', () => {
  assert.ok(isEmpty(difference(both, expectedOf(both))));
});

test('difference() from nothing makes links first, then what stands on them, then announces', () => {
  assert.deepEqual(words(difference(both, expectedOf(emptyPlan)).operations), [
    'create-link br0',
    'create-link veth1',
    'write-sysctl route_localnet',
    'add-address br0',
    'change-link eth0',
    'add-address eth0',
    'add-route eth0',
    'open-port veth1',
    'announce eth0',
  ]);
});

test('difference() takes an endpoint away with its routes first and its links last', () => {
  const stays: Plan = { ...bridge, sandboxes: new Map([['s', emptyNamespace]]) };
  const change = difference(stays, expectedOf(both));
  assert.deepEqual(words(change.operations), ['delete-route eth0', 'delete-link veth1']);
  assert.deepEqual(change.elements, { add: [], remove: pair.elements });
});

test('difference() makes a pair again when one end is missing, deleting the other end first', () => {
  const seen = expectedOf(both);
  const lost = { ...seen, sandboxes: new Map([['s', nothingObserved]]) };
  assert.deepEqual(words(difference(both, lost).operations), [
    'delete-link veth1',
    'create-link veth1',
    'change-link eth0',
    'add-address eth0',
    'add-route eth0',
    'open-port veth1',
    'announce eth0',
  ]);
});

test('difference() makes a pair again when the ends are not each other’s', () => {
  const seen = changed(expectedOf(both), { name: 'veth1', index: 7, peerIndex: 9 });
  assert.deepEqual(words(difference(both, seen).operations).slice(0, 3), [
    'delete-link veth1',
    'delete-link eth0',
    'create-link veth1',
  ]);
});

test('difference() sets only what differs of a link', () => {
  const { operations } = difference(
    both,
    changed(expectedOf(both), { name: 'br0', up: false, mac: '02:00:00:00:00:09' }),
  );
  assert.deepEqual(operations, [
    { where: host, verb: 'change-link', link: bridge.host.links[0], change: { up: true, mac: '02:00:00:00:00:01' } },
  ]);
});

test('difference() sets the isolation of a port again when its bridge was lost', () => {
  const apart = hostPlan({ links: [{ ...pair.host.links[0]!, isolated: true }] });
  const seen = expectedOf(apart);
  const { master: _, ...bare } = seen.host.links.get('veth1')!;
  const loose = { ...seen, host: { ...seen.host, links: new Map([['veth1', bare]]) } };
  const [operation] = difference(
    { ...apart, sandboxes: pair.sandboxes },
    { ...loose, sandboxes: expectedOf(pair).sandboxes },
  ).operations;
  assert.deepEqual(operation, {
    where: host,
    verb: 'change-link',
    link: apart.host.links[0],
    change: { master: 'br0', isolated: true },
  });
});

test('difference() uses a bridge that is not ours and leaves its marks alone', () => {
  const seen = changed(expectedOf(bridge), { name: 'br0', owner: undefined, mac: '02:ff:ff:ff:ff:ff' });
  assert.ok(isEmpty(difference(bridge, seen)));
});

test('difference() refuses a link that has the name of ours and is not ours', () => {
  const dummy = changed(expectedOf(bridge), { name: 'br0', kind: 'dummy', owner: undefined });
  assert.throws(() => difference(bridge, dummy), {
    kind: 'conflict',
    message: 'existing interface br0 is not a bridge',
  });
  const veth = changed(expectedOf(both), { name: 'veth1', owner: undefined, index: 1 });
  assert.throws(() => difference(both, veth), { kind: 'conflict', message: /veth1 exists and is not ours/ });
});

test('difference() removes links of ours that no plan has, and moves an element to its new value', () => {
  const seen = changed(expectedOf(bridge), { name: 'junk', kind: 'veth', owner: 'endpoint:gone', up: true });
  const old: NftElement = { set: 'publish4', key: 'tcp . 80', value: '10.9.9.9 . 80', owner: '' };
  const change = difference({ ...bridge, elements: pair.elements }, { ...seen, elements: [old] });
  assert.deepEqual(words(change.operations), ['delete-link junk']);
  assert.deepEqual(change.elements, { add: pair.elements, remove: [old] });
});

test('a link of somebody else is moved into its sandbox, and goes back by the name it came with', () => {
  const links = [{ name: 'eth0', owner: 'endpoint:e', kind: { type: 'moved', source: 'plug0' } as const }];
  const addresses = [{ link: 'eth0', cidr: '10.0.0.2/24', owner: 'endpoint:e' }];
  const inside = { ...emptyNamespace, links, addresses };
  const moved: Plan = { ...emptyPlan, sandboxes: new Map([['s', inside]]) };
  const empty: Plan = { ...emptyPlan, sandboxes: new Map([['s', emptyNamespace]]) };
  assert.deepEqual(words(difference(moved, expectedOf(empty)).operations), ['create-link eth0', 'add-address eth0']);
  assert.deepEqual(words(difference(moved, expectedOf(moved)).operations), []);
  // A veth whose other end is not ours would stay; this one is known by what it was called.
  const seenInside = { name: 'eth0', kind: 'veth', owner: 'endpoint:e', up: true, source: 'plug0' };
  const seen = {
    ...expectedOf(moved),
    sandboxes: new Map([['s', { ...nothingObserved, links: new Map([['eth0', seenInside]]) }]]),
  };
  assert.deepEqual(words(difference(empty, seen).operations), ['return-link eth0 plug0']);
});
