import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesFound } from './found.ts';

const plain = { star_count: 2, is_official: false };
const official = { star_count: 9, is_official: true };
const left = (filters: Record<string, readonly string[]>) => [plain, official].filter(matchesFound(filters)!);

test('search filters by stars, the most that are asked for, and by who vouches', () => {
  assert.deepEqual(left({}), [plain, official]);
  assert.deepEqual(left({ stars: ['2'] }), [plain, official]);
  assert.deepEqual(left({ stars: ['1', '3'] }), [official]);
  assert.deepEqual(left({ 'is-official': ['true'] }), [official]);
  assert.deepEqual(left({ 'is-official': ['false'] }), [plain]);
  assert.equal(matchesFound({ 'is-automated': ['true'] }), undefined);
  assert.deepEqual(left({ 'is-automated': ['false'] }), [plain, official]);
});

test('filters that are none are refused in the words of Docker', () => {
  const refused = (filters: Record<string, readonly string[]>, message: RegExp) =>
    assert.throws(() => matchesFound(filters), message);
  refused({ stars: ['many'] }, /invalid filter 'stars=many'/);
  refused({ 'is-official': ['maybe'] }, /invalid filter 'is-official=\[maybe\]'/);
  refused({ name: ['x'] }, /invalid filter 'name'/);
});
