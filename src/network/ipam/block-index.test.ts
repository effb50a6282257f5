import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cidr } from '../../base/index.ts';
import { BlockIndex } from './block-index.ts';

const cidr = Cidr.parse;
const index = (...blocks: readonly string[]): BlockIndex<string> =>
  BlockIndex.of(blocks.map((text) => [cidr(text), text]));
const overlapping = (of: BlockIndex<string>, block: string): string[] =>
  of.overlapping(cidr(block)).map(([, value]) => value);

/** The same numbers in every run (xorshift). */
function* numbers(): Generator<number> {
  for (let x = 0x2545f491; ; ) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    yield x >>> 0;
  }
}

test('BlockIndex.overlapping() finds what contains a block, is it, or is in it', () => {
  const some = index('10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.2.0.0/16', 'fd00::/8', '10.1.0.0/16');
  assert.deepEqual(overlapping(some, '10.1.0.0/16'), ['10.0.0.0/8', '10.1.0.0/16', '10.1.0.0/16', '10.1.2.0/24']);
  assert.deepEqual(overlapping(some, '10.3.0.0/16'), ['10.0.0.0/8']);
  assert.deepEqual(overlapping(some, '192.0.2.0/24'), []);
  assert.deepEqual(overlapping(some, 'fd12::/64'), ['fd00::/8']);
});

test('BlockIndex.remove() takes one entry, the one that is meant', () => {
  const some = new BlockIndex<number>();
  for (const value of [1, 2, 3]) some.add(cidr('10.0.0.0/24'), value);
  some.remove(cidr('10.0.0.0/24'), (value) => value === 2);
  some.remove(cidr('10.0.0.0/24'), (value) => value === 2);
  some.remove(cidr('10.0.0.0/25'), () => true);
  const left = some.overlapping(cidr('10.0.0.0/8')).map(([, value]) => value);
  assert.deepEqual(left.sort(), [1, 3]);
});

test('BlockIndex agrees with a search through everything', () => {
  const random = numbers();
  const next = (): number => random.next().value as number;
  const block = (): Cidr => {
    const prefix = 8 + (next() % 17);
    return new Cidr({ family: 4, value: BigInt(0x0a00_0000 + (next() % 0x100_0000)) }, prefix).network;
  };
  const all: Cidr[] = [];
  const some = new BlockIndex<Cidr>();
  for (let i = 0; i < 2000; i++) {
    const one = block();
    all.push(one);
    some.add(one, one);
    if (i % 3 === 0) {
      const [gone] = all.splice(next() % all.length, 1);
      some.remove(gone!, (value) => value === gone);
    }
    if (i % 20 !== 0) continue;
    const asked = block();
    const expected = all.filter((other) => other.overlaps(asked));
    assert.deepEqual(new Set(some.overlapping(asked).map(([, value]) => value)), new Set(expected));
  }
});

test('BlockIndex.firstGap() takes the lowest place that no index touches', () => {
  const gap = (base: string, prefix: number, ...indexes: BlockIndex<string>[]): string | undefined =>
    BlockIndex.firstGap(cidr(base), prefix, indexes)?.toString();
  assert.equal(gap('10.0.0.0/8', 24), '10.0.0.0/24');
  assert.equal(gap('10.0.0.0/8', 24, index('10.0.0.0/24', '10.0.2.0/24'), index('10.0.1.7/32')), '10.0.3.0/24');
  assert.equal(gap('10.0.0.0/8', 24, index('10.0.0.0/24'), index('10.0.1.0/24', '10.0.0.0/16')), '10.1.0.0/24');
  assert.equal(gap('10.0.0.0/8', 24, index('0.0.0.0/1')), undefined);
  assert.equal(gap('10.0.0.0/30', 31, index('10.0.0.0/31'), index('10.0.0.2/32')), undefined);
  assert.equal(gap('fd00::/48', 64, index('fd00::/64', '10.0.0.0/8')), 'fd00:0:0:1::/64');
});
