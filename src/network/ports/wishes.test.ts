import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PortRequest } from '../types.ts';
import { wishesOf } from './wishes.ts';

const request = (change: Partial<PortRequest>): PortRequest => ({
  protocol: 'tcp',
  containerPort: 80,
  hostIp: '',
  hostPortFirst: 0,
  hostPortLast: 0,
  ...change,
});
const exact = (host: number, container: number, change: Partial<PortRequest> = {}): PortRequest =>
  request({ hostPortFirst: host, hostPortLast: host, containerPort: container, ...change });
const short = (requests: readonly PortRequest[]): string[] =>
  wishesOf(requests).map(
    ({ protocol, first, last, containerPort, count, hostIps }) =>
      `${hostIps.join(',')}:${first}-${last}:${containerPort}x${count}/${protocol}`,
  );

test('wishesOf() joins 500 ports with equal steps into one range, in any order', () => {
  const ports = Array.from({ length: 500 }, (_, i) => exact(8000 + i, 8000 + i));
  assert.deepEqual(short(ports.toReversed()), [':8000-8000:8000x500/tcp']);
});

test('wishesOf() ends a run where a side, the protocol or the address changes', () => {
  const ports = [
    exact(8000, 80),
    exact(8001, 81),
    exact(8002, 90),
    exact(8003, 91, { protocol: 'udp' }),
    exact(8004, 92, { protocol: 'udp', hostIp: '127.0.0.1' }),
  ];
  assert.deepEqual(short(ports), [
    ':8000-8000:80x2/tcp',
    ':8002-8002:90x1/tcp',
    ':8003-8003:91x1/udp',
    '127.0.0.1:8004-8004:92x1/udp',
  ]);
});

test('wishesOf() resolves exact ports before choices, and choices within a range before any free port', () => {
  const ports = [request({}), request({ hostPortFirst: 9000, hostPortLast: 9010 }), exact(9000, 90)];
  assert.deepEqual(short(ports), [':9000-9000:90x1/tcp', ':9000-9010:80x1/tcp', ':0-0:80x1/tcp']);
});

test('wishesOf() wants one number for both families of one port, and two for the same binding twice', () => {
  assert.deepEqual(short([request({ hostIp: '0.0.0.0' }), request({ hostIp: '::' })]), ['0.0.0.0,:::0-0:80x1/tcp']);
  assert.deepEqual(short([request({}), request({})]), [':0-0:80x1/tcp', ':0-0:80x1/tcp']);
});

test("wishesOf() wants two numbers where one address is among the other binding's", () => {
  const some = request({ hostIp: '192.0.2.1' });
  assert.deepEqual(short([request({}), some]), [':0-0:80x1/tcp', '192.0.2.1:0-0:80x1/tcp']);
  assert.deepEqual(short([some, request({ hostIp: '0.0.0.0' })]), ['192.0.2.1:0-0:80x1/tcp', '0.0.0.0:0-0:80x1/tcp']);
});

test('wishesOf() gives an address one spelling, and refuses what is none', () => {
  assert.deepEqual(short([exact(80, 80, { hostIp: '0:0::0' })]), [':::80-80:80x1/tcp']);
  assert.throws(() => wishesOf([exact(80, 80, { hostIp: 'localhost' })]), /^AppError: invalid IP address: localhost$/);
});
