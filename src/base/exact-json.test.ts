import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactDigits, exactNumber, parseExact } from './exact-json.ts';

test('exactNumber(): small numbers are numbers, large ones keep every digit through a document', () => {
  assert.equal(exactNumber(7n), 7);
  const text = JSON.stringify({ left: exactNumber(2n ** 64n - 1n), used: exactNumber(2n ** 53n - 1n) });
  assert.equal(text, '{"left":18446744073709551615,"used":9007199254740991}');
  assert.equal(JSON.stringify(parseExact(text)), text);
});

test('exactDigits() tells such a number from everything else', () => {
  assert.equal(exactDigits(exactNumber(2n ** 64n - 1n)), '18446744073709551615');
  for (const other of [7, '7', null, undefined, {}]) assert.equal(exactDigits(other), undefined);
  assert.deepEqual(parseExact('{"a":1.5e300,"b":[2,"3"]}'), { a: 1.5e300, b: [2, '3'] });
});
