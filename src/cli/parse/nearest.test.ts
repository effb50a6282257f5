import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

for (const [word, want] of [
  ['netwrk', 'network'],
  ['mages', 'images'],
  ['start', undefined],
  ['quite-something-else', undefined],
] as const) {
  test(`nearest() to ${word} is ${want}`, () => {
    assert.equal(nearest(word, ['network', 'images', 'start']), want);
  });
}
