import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkRecord } from '../store/records.ts';
import { findNetwork } from './lookup.ts';

const network = (id: string, name: string): NetworkRecord => ({ id, name }) as NetworkRecord;
const [a, b, named] = [network('abc111', 'shop'), network('abc222', 'store'), network('def333', 'abc1')];
const all = [a, b, named];

for (const [ref, want] of [
  ['abc111', a],
  ['store', b],
  ['abc1', named],
  ['abc11', a],
  ['d', named],
] as const) {
  test(`findNetwork(): ${ref} is ${want.name}: id before name, name before prefix`, () => {
    assert.equal(findNetwork(all, ref), want);
  });
}

for (const [ref, kind, message] of [
  ['abc', 'invalid', 'network abc is ambiguous (2 matches found based on ID prefix)'],
  ['nosuch', 'not-found', 'network nosuch not found'],
  ['', 'not-found', 'network  not found'],
] as const) {
  test(`findNetwork() refuses ${JSON.stringify(ref)}`, () => {
    assert.throws(() => findNetwork(all, ref), { kind, message });
  });
}
