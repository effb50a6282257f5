import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { elementsOfNetwork, elementsOfPorts, Firewall } from '../../src/network/firewall/index.ts';
import type { NftElement } from '../../src/network/plan/types.ts';
import { NftContext } from '../../src/nftables/context.ts';
import { createNetns, warmThreadPool } from '../../src/syscall/netns.ts';
import { patience } from '../lab/patience.ts';

before(warmThreadPool);

const network = (i: number): readonly NftElement[] =>
  elementsOfNetwork({
    owner: `network:${i}`,
    bridge: `br-${i}`,
    subnets: [`10.${i >> 8}.${i & 255}.0/24`, `2001:db8:${i.toString(16)}::/64`],
    internal: false,
    icc: true,
    masquerade: true,
  });

const container = (i: number): readonly NftElement[] =>
  elementsOfPorts({
    owner: `endpoint:${i}`,
    ipv4: `10.0.${(i >> 8) & 255}.${i & 255}`,
    ports: [{ protocol: 'tcp', containerPort: 80, count: 1, hostIp: '', hostPort: 10_000 + i }],
  });

const many = (count: number, make: (i: number) => readonly NftElement[]): readonly NftElement[] =>
  Array.from({ length: count }, (_, i) => make(i)).flat();

function installed(): DisposableStack & { context: NftContext; firewall: Firewall } {
  const stack = new DisposableStack();
  const netns = stack.use(createNetns());
  const context = stack.use(NftContext.open(netns.fd));
  const firewall = new Firewall({ context, table: 'portolan', guarded: [4, 6] });
  firewall.install();
  return Object.assign(stack, { context, firewall });
}

const ruleCount = (context: NftContext): number =>
  context.json('list table inet portolan').filter(({ rule }) => rule !== undefined).length;

/** Median of milliseconds that a change and its undoing take. */
function cost(firewall: Firewall, elements: readonly NftElement[]): number {
  const times: number[] = [];
  for (let i = 0; i < 51; i++) {
    const started = performance.now();
    firewall.apply({ add: elements });
    firewall.apply({ remove: elements });
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[25]!;
}

test('the number of rules is the same for one network and port as for 500 networks and 5,000 ports', async () => {
  using lab = installed();
  const empty = ruleCount(lab.context);
  lab.firewall.apply({ add: [...network(0), ...container(0)] });
  assert.equal(ruleCount(lab.context), empty);
  await lab.firewall.applyAsync({ add: [...many(500, network), ...many(5_000, container)] });
  assert.equal(ruleCount(lab.context), empty);
  assert.equal(lab.firewall.list().length, 500 * 4 + 2 * 5_000);
});

test('an element costs the same in an empty table as among 20,000', async (t) => {
  using lab = installed();
  const one = container(25_000);
  const empty = cost(lab.firewall, one);
  await lab.firewall.applyAsync({ add: many(20_000, container) });
  const full = cost(lab.firewall, one);
  t.diagnostic(`one port added and removed: ${empty.toFixed(3)} ms empty, ${full.toFixed(3)} ms among 20,000`);
  assert.ok(full < 3 * empty + 0.2 * patience, `${full} ms among 20,000 elements, ${empty} ms without`);
});

test('a network and a range of 500 ports cost little among 500 networks', async (t) => {
  using lab = installed();
  await lab.firewall.applyAsync({ add: many(500, network) });
  const added = cost(lab.firewall, network(600));
  const range = { protocol: 'tcp', containerPort: 8000, hostPort: 8000, count: 500, hostIp: '' } as const;
  const elements = elementsOfPorts({ owner: 'endpoint:r', ipv4: '10.0.0.2', ipv6: '2001:db8::2', ports: [range] });
  assert.equal(elements.length, 2);
  const ranged = cost(lab.firewall, elements);
  t.diagnostic(`added and removed: a network ${added.toFixed(3)} ms, a range of 500 ports ${ranged.toFixed(3)} ms`);
  assert.ok(added < 3 * patience && ranged < 5 * patience, `network ${added} ms, range ${ranged} ms`);
});

test('applyAsync() lets the event loop turn between its transactions', async () => {
  using lab = installed();
  let turns = 0;
  let watching = true;
  const count = (): void => {
    turns++;
    if (watching) setImmediate(count);
  };
  setImmediate(count);
  await lab.firewall.applyAsync({ add: many(5_000, container) });
  watching = false;
  assert.ok(turns >= 15, `the loop turned ${turns} times while 5,000 elements were added, want one turn for each 250`);
});
