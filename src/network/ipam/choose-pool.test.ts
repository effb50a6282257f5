import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, Cidr } from '../../base/index.ts';
import { BlockIndex } from './block-index.ts';
import { choosePool } from './choose-pool.ts';
import { defaultPools4, localPools6 } from './default-pools.ts';
import { Gaps } from './gaps.ts';
import type { Holdings } from './types.ts';

const held = (...subnets: readonly string[]): Holdings =>
  BlockIndex.of(subnets.map((text) => [Cidr.parse(text), { name: `of ${text}` }]));

const chosen = (
  taken: Holdings,
  reserved: readonly string[] = [],
  prefix?: number,
  avoided: readonly string[] = [],
): string =>
  choosePool({
    taken,
    own: held(),
    gaps: new Gaps([taken]),
    reserved: [held(...reserved)],
    avoided: [held(...avoided)],
    pools: defaultPools4,
    ...(prefix === undefined ? {} : { prefix }),
  }).toString();

test('choosePool() starts where Docker starts and takes the lowest gap', () => {
  assert.equal(chosen(held()), '172.17.0.0/16');
  assert.equal(chosen(held('172.17.0.0/16')), '172.18.0.0/16');
  assert.equal(chosen(held('172.17.0.0/16', '172.19.0.0/16')), '172.18.0.0/16');
});

test('choosePool() leaves out what touches a route or name server of the host', () => {
  assert.equal(chosen(held(), ['172.17.42.1/32', '172.18.0.0/24']), '172.19.0.0/16');
  assert.equal(chosen(held(), ['172.16.0.0/12']), '192.168.0.0/20');
  assert.equal(chosen(held(), ['172.16.0.0/12', '192.168.0.0/18']), '192.168.64.0/20');
});

test('choosePool() leaves what is behind gateways alone as long as there is something else', () => {
  assert.equal(chosen(held(), [], undefined, ['172.16.0.0/12']), '192.168.0.0/20');
  const everything = ['172.16.0.0/12', '192.168.0.0/16', '10.0.0.0/8', '100.64.0.0/10'];
  assert.equal(chosen(held(), ['172.17.0.0/16'], undefined, everything), '172.18.0.0/16');
});

test('choosePool() gives the classic 31 networks, then blocks of the wide pools, all without overlap', () => {
  const taken = held();
  const blocks: Cidr[] = [];
  for (let i = 0; i < 300; i++) {
    const block = Cidr.parse(chosen(taken));
    taken.add(block, { name: `${i}` });
    blocks.push(block);
  }
  const names = blocks.map(String);
  assert.equal(names[14], '172.31.0.0/16');
  assert.equal(names[15], '192.168.0.0/20');
  assert.equal(names[30], '192.168.240.0/20');
  assert.equal(names[31], '10.128.0.0/24');
  assert.equal(names[299], '10.129.12.0/24');
  const sorted = blocks.sort((a, b) => Number(a.first - b.first));
  for (const [i, block] of sorted.entries()) assert.ok(i === 0 || sorted[i - 1]!.last < block.first, block.toString());
});

test('choosePool() cuts blocks of the size that is asked for', () => {
  assert.equal(chosen(held(), [], 24), '172.17.0.0/24');
  assert.equal(chosen(held('172.17.0.0/24'), [], 24), '172.17.1.0/24');
  assert.throws(() => chosen(held(), [], 8), new AppError('invalid', 'invalid address pool'));
});

test('choosePool() says who holds what when nothing is left', () => {
  const pools = [{ base: Cidr.parse('192.0.2.0/24'), size: 25 }];
  const taken: Holdings = BlockIndex.of([[Cidr.parse('192.0.2.0/25'), { name: 'web' }]]);
  assert.throws(
    () =>
      choosePool({
        taken,
        own: held(),
        gaps: new Gaps([taken, held('192.0.2.200/32')]),
        reserved: [],
        avoided: [],
        pools,
      }),
    /^AppError: all predefined address pools have been fully subnetted: held are 192\.0\.2\.0\/25 by network web, 192\.0\.2\.200\/32 by the host; /,
  );
});

test('localPools6() is a /48 of fd00::/8 that follows from the host', () => {
  const [pool] = localPools6('one host');
  assert.ok(Cidr.parse('fd00::/8').contains(pool!.base));
  assert.equal(pool!.base.prefix, 48);
  assert.deepEqual(localPools6('one host'), localPools6('one host'));
  assert.notDeepEqual(localPools6('one host'), localPools6('another host'));
  assert.equal(
    choosePool({ taken: held(), own: held(), gaps: new Gaps([]), reserved: [], avoided: [], pools: [pool!] }).prefix,
    64,
  );
});
