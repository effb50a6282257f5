import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, Cidr } from '../../base/index.ts';
import { BlockIndex } from './block-index.ts';
import { defaultPools4, localPools6 } from './default-pools.ts';
import { Gaps } from './gaps.ts';
import { planPools } from './plan-pools.ts';
import type { AddressSpace, Holdings, PoolRequest } from './types.ts';

const taken: Holdings = BlockIndex.of([[Cidr.parse('172.17.0.0/16'), { name: 'bridge' }]]);
const space: AddressSpace = {
  taken,
  gaps: new Gaps([taken, BlockIndex.of([[Cidr.parse('172.18.0.0/16'), undefined]])]),
  reserved: [],
  avoided: [],
  pools4: defaultPools4,
  pools6: localPools6('host'),
};
const plan = (...pools: readonly PoolRequest[]) => planPools({ ipv4: true, ipv6: false, pools }, space);

test('planPools() chooses a block and its first address as gateway', () => {
  assert.deepEqual(plan(), [{ subnet: '172.19.0.0/16', gateway: '172.19.0.1', automatic: true }]);
  assert.deepEqual(plan({}), plan());
});

test('planPools() gives each family its own pool', () => {
  const pools = planPools({ ipv4: true, ipv6: true, pools: [{ subnet: 'fd12::/64' }] }, space);
  assert.deepEqual(pools, [
    { subnet: '172.19.0.0/16', gateway: '172.19.0.1', automatic: true },
    { subnet: 'fd12::/64', gateway: 'fd12::1', automatic: false },
  ]);
  const automatic = planPools({ ipv4: false, ipv6: true, pools: [] }, space);
  assert.match(automatic[0]!.subnet, /^fd.*::\/64$/);
});

test('planPools() takes what is asked for, also over a route of the host', () => {
  assert.deepEqual(plan({ subnet: '172.18.0.0/16', gateway: '172.18.9.9', auxiliary: { a: '172.18.0.5' } }), [
    { subnet: '172.18.0.0/16', gateway: '172.18.9.9', auxiliary: { a: '172.18.0.5' }, automatic: false },
  ]);
});

for (const { range, gateway } of [
  { range: '10.1.5.0/24', gateway: '10.1.5.0' },
  { range: '10.1.0.0/24', gateway: '10.1.0.1' },
]) {
  test(`planPools() puts the gateway first in the ip-range ${range}`, () => {
    assert.equal(plan({ subnet: '10.1.0.0/16', ipRange: range })[0]!.gateway, gateway);
  });
}

test('planPools() reads a subnet without address as a wish for a size', () => {
  assert.deepEqual(plan({ subnet: '0.0.0.0/24' }), [
    { subnet: '172.19.0.0/24', gateway: '172.19.0.1', automatic: true },
  ]);
});

test('planPools() uses all of a /31 and a /32', () => {
  assert.equal(plan({ subnet: '10.1.0.0/31' })[0]!.gateway, '10.1.0.0');
  assert.equal(plan({ subnet: '10.1.0.7/32' })[0]!.gateway, '10.1.0.7');
});

test('planPools() refuses an overlap with the words of Docker, and names the other network', () => {
  const text = 'invalid pool request: Pool overlaps with other one on this address space';
  assert.throws(
    () => plan({ subnet: '172.17.128.0/17' }),
    new AppError('forbidden', `${text}: 172.17.128.0/17 overlaps 172.17.0.0/16 of network bridge`),
  );
});

test('planPools() lets networks with ranges of their own share a subnet', () => {
  assert.equal(plan({ subnet: '172.17.0.0/16', ipRange: '172.17.9.0/24' })[0]!.subnet, '172.17.0.0/16');
});

test('planPools() refuses gateways and auxiliary addresses that are taken or nobody’s', () => {
  const refuses = (pool: PoolRequest, what: string, holder: string): void =>
    assert.throws(
      () => plan({ subnet: '10.1.0.0/24', ...pool }),
      new AppError('forbidden', `failed to allocate ${what}: Address already in use: it is ${holder}`),
    );
  const secondary = (entry: string): string => `secondary ip address (${entry})`;
  refuses({ auxiliary: { router: '10.1.0.1' } }, secondary('router:10.1.0.1'), 'the gateway');
  refuses({ auxiliary: { a: '10.1.0.7', b: '10.1.0.7' } }, secondary('b:10.1.0.7'), 'the auxiliary address a');
  refuses({ auxiliary: { a: '10.1.0.255' } }, secondary('a:10.1.0.255'), 'the broadcast address');
  refuses({ gateway: '10.1.0.0' }, 'gateway (10.1.0.0)', 'the address of the subnet itself');
  assert.equal(plan({ subnet: '10.1.0.0/31', gateway: '10.1.0.0' })[0]!.gateway, '10.1.0.0');
});

for (const { name, pool, line } of [
  { name: 'host bits', pool: { subnet: '10.0.0.1/24' }, line: 'invalid subnet 10.0.0.1/24: it should be 10.0.0.0/24' },
  { name: 'no CIDR', pool: { subnet: 'ten' }, line: 'invalid subnet ten: invalid CIDR block notation' },
  {
    name: 'a foreign gateway',
    pool: { subnet: '10.0.0.0/24', gateway: '10.0.1.1' },
    line: "invalid gateway 10.0.1.1: parent subnet 10.0.0.0/24 doesn't contain this address",
  },
  {
    name: 'a gateway of the other family',
    pool: { subnet: '10.0.0.0/24', gateway: 'fd00::1' },
    line: 'invalid gateway fd00::1: parent subnet is an IPv4 block',
  },
  {
    name: 'a range wider than its subnet',
    pool: { subnet: '10.0.0.0/24', ipRange: '10.0.0.0/16' },
    line: 'invalid ip-range 10.0.0.0/16: CIDR block is bigger than its parent subnet 10.0.0.0/24',
  },
  {
    name: 'a range outside',
    pool: { subnet: '10.0.0.0/24', ipRange: '10.0.1.0/25' },
    line: "invalid ip-range 10.0.1.0/25: parent subnet 10.0.0.0/24 doesn't contain ip-range",
  },
  {
    name: 'an auxiliary address that is none',
    pool: { subnet: '10.0.0.0/24', auxiliary: { a: 'x' } },
    line: 'invalid auxiliary address a: invalid address',
  },
]) {
  test(`planPools() refuses ${name}`, () => {
    assert.throws(() => plan(pool), new AppError('invalid', `invalid network config:\n${line}`));
  });
}
