import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cidr } from '../../base/index.ts';
import { BlockIndex } from './block-index.ts';
import { Gaps } from './gaps.ts';

const cidr = Cidr.parse;

test('Gaps finds the lowest block again that was given free, whoever gave it', () => {
  const [networks, routes] = [new BlockIndex<string>(), new BlockIndex<string>()];
  const gaps = new Gaps([networks, routes]);
  const next = (also: readonly BlockIndex<string>[] = []): string => {
    const found = gaps.find(cidr('10.0.0.0/16'), 24, also)!;
    networks.add(found, 'network');
    return `${found}`;
  };
  routes.add(cidr('10.0.1.7/32'), 'route');
  assert.deepEqual([next(), next(), next()], ['10.0.0.0/24', '10.0.2.0/24', '10.0.3.0/24']);
  routes.remove(cidr('10.0.1.7/32'), () => true);
  networks.remove(cidr('10.0.2.0/24'), () => true);
  assert.deepEqual([next(), next(), next()], ['10.0.1.0/24', '10.0.2.0/24', '10.0.4.0/24']);
  assert.equal(next([BlockIndex.of([[cidr('10.0.4.0/22'), '']])]), '10.0.8.0/24');
  assert.equal(next(), '10.0.5.0/24', 'what was avoided once is free for the next');
  routes.add(cidr('10.0.0.0/17'), 'a wide one that came later');
  assert.equal(next(), '10.0.128.0/24');
  routes.add(cidr('10.0.0.0/8'), 'all of it');
  assert.equal(gaps.find(cidr('10.0.0.0/16'), 24, []), undefined);
  routes.remove(cidr('10.0.0.0/8'), () => true);
  routes.remove(cidr('10.0.0.0/17'), () => true);
  assert.equal(next(), '10.0.6.0/24');
});

test('Gaps agrees with a search from the start, whatever comes and goes', () => {
  const index = new BlockIndex<Cidr>();
  const gaps = new Gaps([index]);
  const held: Cidr[] = [];
  let seed = 11;
  const pick = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const bases = [cidr('10.0.0.0/12'), cidr('10.8.0.0/13'), cidr('10.1.0.0/16')];
  for (let round = 0; round < 3000; round++) {
    const [base, prefix] = [bases[pick(3)]!, 16 + pick(9)];
    const found = gaps.find(base, prefix, []);
    assert.equal(`${found}`, `${BlockIndex.firstGap(base, prefix, [index])}`, `round ${round}`);
    if (found !== undefined && pick(3) > 0) {
      held.push(found);
      index.add(found, found);
    } else if (held.length > 0) {
      const [gone] = held.splice(pick(held.length), 1);
      index.remove(gone!, (one) => one === gone);
    }
  }
});
