import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMessages, encodeMessage, errorIn, nlmsghdr } from './message.ts';
import { decodeAddress } from './rt/address.ts';
import { decodeLink } from './rt/link.ts';
import { setLinkMessage } from './rt/link-message.ts';
import { decodeNeighbour } from './rt/neigh.ts';
import { decodeRoute } from './rt/route.ts';

const message = { op: 'TEST', type: 16, flags: 0, body: Uint8Array.of(1, 2, 3) };

test('encodeMessage() pads to four bytes and does not count the padding', () => {
  const bytes = encodeMessage(message, 7, 1);
  assert.equal(bytes.byteLength, 20);
  assert.deepEqual(nlmsghdr.decode(bytes), { length: 19, type: 16, flags: 1, seq: 7, portId: 0 });
});

test('decodeMessages() reads several messages of one datagram', () => {
  const one = encodeMessage(message, 1, 0);
  const bodies = [...decodeMessages(Buffer.concat([one, one]))].map(({ body }) => Array.from(body));
  assert.deepEqual(bodies, [
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

for (const { name, length } of [
  { name: 'below the header', length: 15 },
  { name: 'past the end', length: 21 },
  { name: 'of zero', length: 0 },
]) {
  test(`decodeMessages() refuses a length ${name}`, () => {
    const bytes = encodeMessage(message, 1, 0);
    new DataView(bytes.buffer).setUint32(0, length, true);
    assert.throws(() => [...decodeMessages(bytes)], RangeError);
  });
}

test('errorIn() takes an answer without a code, and code 0, for success', () => {
  const reply = { type: 3, flags: 0, seq: 1 };
  assert.equal(errorIn({ ...reply, body: new Uint8Array(0) }, message), undefined);
  assert.equal(errorIn({ ...reply, body: new Uint8Array(4) }, message), undefined);
});

test('a message cut short anywhere is refused or read as far as it goes, and never beyond', () => {
  const port = { hairpin: true, isolated: true };
  const { body } = setLinkMessage(3, { name: 'eth0', alias: 'x', mac: '02:00:00:00:00:01', mtuBytes: 1500, port });
  for (const decode of [decodeLink, decodeAddress, decodeRoute, decodeNeighbour]) {
    for (let length = 0; length <= body.byteLength; length++) {
      const tail = new Uint8Array(body.byteLength + 64).fill(0xff); // what must not be read
      tail.set(body.subarray(0, length));
      try {
        decode({ type: 16, body: tail.subarray(0, length) });
      } catch (error) {
        assert.ok(error instanceof RangeError, `${decode.name} of ${length} bytes: ${String(error)}`);
      }
    }
  }
});
