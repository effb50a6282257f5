import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countersIn, elementsIn, ruleCountsIn } from './listing.ts';

const map = (name: string, ...elem: readonly unknown[]) => ({ map: { name, elem } });
const set = (name: string, ...elem: readonly unknown[]) => ({ set: { name, elem } });

test('elementsIn() reads maps with and without comment, and spells addresses and protocols our way', () => {
  const listing = [
    map('publish6', [
      { elem: { val: { concat: [6, 8080] }, comment: 'endpoint:1' } },
      { concat: ['2001:db8:0:0::2', 80] },
    ]),
    map('range4_at', [{ concat: ['udp', '192.0.2.1', { range: [8000, 8499] }] }, '192.0.2.2']),
  ];
  assert.deepEqual(elementsIn(listing), [
    { set: 'publish6', key: 'tcp . 8080', value: '2001:db8::2 . 80', owner: 'endpoint:1' },
    { set: 'range4_at', key: 'udp . 192.0.2.1 . 8000-8499', value: '192.0.2.2', owner: '' },
  ]);
});

test('elementsIn() quotes interface names, whatever they look like', () => {
  assert.deepEqual(elementsIn([set('peers', { concat: ['tcp', '10'] }), set('bridges', 'ip')]), [
    { set: 'peers', key: '"tcp" . "10"', owner: '' },
    { set: 'bridges', key: '"ip"', owner: '' },
  ]);
});

test('elementsIn() leaves out sets that are not of the rule set', () => {
  assert.deepEqual(elementsIn([set('somebody', 'x'), { chain: { name: 'forward' } }]), []);
});

test('ruleCountsIn() counts chains without rules too', () => {
  const listing = [
    { chain: { name: 'a' } },
    { chain: { name: 'b' } },
    { rule: { chain: 'b' } },
    { rule: { chain: 'b' } },
  ];
  assert.deepEqual(
    ruleCountsIn(listing),
    new Map([
      ['a', 0],
      ['b', 2],
    ]),
  );
});

test('countersIn() reads packets and bytes by name', () => {
  const listing = [{ counter: { name: 'isolation', packets: 2, bytes: 120, handle: 9 } }];
  assert.deepEqual(countersIn(listing), { isolation: { packets: 2, bytes: 120 } });
});
