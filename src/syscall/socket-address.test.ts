import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inetAddress, unixAddress } from './socket-address.ts';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

test('inetAddress() lays out struct sockaddr_in', () => {
  assert.equal(hex(inetAddress('127.0.0.11', 53)), '0200' + '0035' + '7f00000b' + '0000000000000000');
});

test('inetAddress() lays out struct sockaddr_in6', () => {
  assert.equal(hex(inetAddress('fd00::1', 8080)), `0a001f9000000000fd00${'00'.repeat(13)}0100000000`);
});

test('inetAddress() refuses what is no address', () => assert.throws(() => inetAddress('localhost', 1), /invalid IP/));

test('unixAddress() ends the path with a NUL', () => assert.equal(hex(unixAddress('/a')), '01002f6100'));

test('unixAddress() takes 107 bytes and no more', () => {
  assert.equal(unixAddress('x'.repeat(107))?.byteLength, 110);
  assert.equal(unixAddress('x'.repeat(108)), undefined);
});
