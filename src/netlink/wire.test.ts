import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, struct } from './wire.ts';

const sample = struct('sample', 16, [
  ['a', 'u8'],
  [null, 'u8'],
  ['b', 'u16'],
  ['c', 'be16'],
  [null, 'u16'],
  ['d', 's32'],
  ['e', 'be32'],
]);
const value = { a: 0xff, b: 0x1234, c: 0x1234, d: -2, e: 0x01020304 };

test('struct() encodes fields in their byte order and leaves padding zero', () => {
  assert.equal(
    Buffer.from(sample.encode(value)).toString('hex'),
    'ff00' + '3412' + '1234' + '0000' + 'feffffff' + '01020304',
  );
});

test('struct() decodes what it encodes, also from the middle of a buffer and with more behind it', () => {
  const bytes = concat(Uint8Array.of(9, 9, 9), sample.encode(value), Uint8Array.of(9));
  assert.deepEqual(sample.decode(bytes.subarray(3)), value);
});

test('struct() refuses fewer bytes than it has', () => {
  assert.throws(() => sample.decode(new Uint8Array(15)), /struct sample: 15 bytes, want 16/);
});

test('struct() refuses rows that do not add up to the header size', () => {
  assert.throws(() => struct('wrong', 8, [['a', 'u32']]), /rows are 4 bytes, the header says 8/);
});
