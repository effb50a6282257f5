import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attrTable, NLA_F_NESTED, readAttrs, writeAttrs } from './attr.ts';
import { be16, bool, ip, mac, stringz, u32, u64 } from './codec.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const inner = attrTable({ kind: [1, stringz], port: [2, be16] });
const table = attrTable({ name: [3, stringz], index: [4, u32], info: [18 | NLA_F_NESTED, inner], on: [5, bool] });

for (const { name, hex, value } of [
  { name: 'a string, padded', hex: '07000300 783000 00', value: { name: 'x0' } },
  { name: 'a nested table, marked as such', hex: '0c001280 08000100 62723000', value: { info: { kind: 'br0' } } },
  {
    name: 'several, in the order of the table',
    hex: '06000300 7800 0000 08000400 01000000',
    value: { name: 'x', index: 1 },
  },
  { name: 'an unknown one', hex: '0800ff00 01020304', value: { unknown: [{ type: 255, payload: bytes('01020304') }] } },
  { name: 'nothing', hex: '', value: {} },
]) {
  test(`attrTable: reads and writes ${name}`, () => {
    assert.deepEqual(table.decode(bytes(hex)), value);
    assert.deepEqual(table.encode(value), bytes(hex));
  });
}

for (const { name, hex } of [
  { name: 'a length below the header', hex: '03000300' },
  { name: 'a length past the end', hex: '09000300 78300000' },
  { name: 'a number of the wrong size', hex: '06000400 0100 0000' },
  { name: 'a nested table that runs out', hex: '0c001200 0c000100 62723000' },
]) {
  test(`attrTable: refuses ${name}`, () => assert.throws(() => table.decode(bytes(hex)), RangeError));
}

test('attrTable: keeps unknown attributes when the receive buffer is used again', () => {
  const buffer = bytes('0800ff00 01020304');
  const decoded = table.decode(buffer);
  buffer.fill(0);
  assert.deepEqual(decoded.unknown, [{ type: 255, payload: bytes('01020304') }]);
});

test('readAttrs() takes fewer than four bytes left over for padding', () => {
  assert.equal([...readAttrs(bytes('0800ff00 01020304 000000'))].length, 1);
});

test('writeAttrs() refuses a payload that nla_len cannot count', () => {
  assert.throws(() => writeAttrs([{ type: 1, payload: new Uint8Array(0xfffc) }]), /nla_len has 16 bits/);
});

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let x = seed; ; ) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x;
  }
}

test('readAttrs() ends, or throws RangeError, on any bytes', () => {
  const random = numbers(1);
  for (let round = 0; round < 2000; round++) {
    const noise = Uint8Array.from({ length: random.next().value % 64 }, () => random.next().value >>> 24);
    try {
      for (const { payload } of readAttrs(noise)) assert.ok(payload.byteLength <= noise.byteLength);
    } catch (error) {
      assert.ok(error instanceof RangeError);
    }
  }
});

test('attributes survive a round trip, whatever they hold', () => {
  const random = numbers(2);
  for (let round = 0; round < 500; round++) {
    const attrs = Array.from({ length: random.next().value % 8 }, () => ({
      type: random.next().value & 0x3fff,
      payload: Uint8Array.from({ length: random.next().value % 40 }, () => random.next().value >>> 24),
    }));
    assert.deepEqual([...readAttrs(writeAttrs(attrs))], attrs);
  }
});

for (const { name, codec, value, hex } of [
  { name: 'mac', codec: mac, value: '02:42:ac:11:00:02', hex: '0242ac110002' },
  { name: 'ip, four bytes', codec: ip, value: '172.17.0.2', hex: 'ac110002' },
  { name: 'ip, sixteen bytes', codec: ip, value: 'fd00::1', hex: 'fd000000000000000000000000000001' },
]) {
  test(`codec ${name}`, () => {
    assert.equal(Buffer.from(codec.encode(value)).toString('hex'), hex);
    assert.equal(codec.decode(bytes(hex)), value);
  });
}

test('codec u64 keeps counters that a double cannot', () => {
  const value = 2n ** 63n + 1n;
  assert.equal(u64.decode(u64.encode(value)), value);
});

test('codec ip refuses other lengths', () => assert.throws(() => ip.decode(new Uint8Array(5)), RangeError));
