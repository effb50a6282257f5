import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTo, takeFrom } from './sets-by-key.ts';

test('a key is there as long as it has values', () => {
  const index = new Map<string, Set<number>>();
  addTo(index, 'a', 1);
  addTo(index, 'a', 2);
  takeFrom(index, 'a', 1);
  assert.deepEqual(index, new Map([['a', new Set([2])]]));
  takeFrom(index, 'a', 2);
  takeFrom(index, 'a', 2);
  assert.equal(index.size, 0);
});
