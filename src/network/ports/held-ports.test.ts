import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesMeet, HeldPorts } from './held-ports.ts';
import type { PortSpan } from './types.ts';

const web = { id: 'a', name: 'web' };
const db = { id: 'b', name: 'db' };
const span = (hostPort: number, count = 1, hostIp = ''): PortSpan => ({ protocol: 'tcp', hostIp, hostPort, count });

for (const [a, b, meet] of [
  ['', '127.0.0.1', true],
  ['', '::1', true],
  ['0.0.0.0', '192.0.2.1', true],
  ['0.0.0.0', '::', false],
  ['0.0.0.0', '::1', false],
  ['::', '2001:db8::1', true],
  ['127.0.0.1', '192.0.2.1', false],
  ['192.0.2.1', '192.0.2.1', true],
] as const) {
  test(`addressesMeet() of "${a}" and "${b}" is ${meet}, both ways`, () => {
    assert.deepEqual([addressesMeet(a, b), addressesMeet(b, a)], [meet, meet]);
  });
}

test('HeldPorts finds the first port of a range that another holds, and who', () => {
  const held = new HeldPorts();
  held.add(span(8000, 10), web);
  held.add(span(8020, 1, '127.0.0.1'), db);
  assert.deepEqual(held.conflict(span(7990, 20)), { port: 8000, owner: web });
  assert.deepEqual(held.conflict(span(8015, 10, '0.0.0.0')), { port: 8020, owner: db });
  assert.equal(held.conflict(span(8020, 1, '192.0.2.1')), undefined);
  assert.equal(held.conflict({ ...span(8000), protocol: 'udp' }), undefined);
});

test('HeldPorts forgets what is removed, and only that', () => {
  const held = new HeldPorts();
  held.add(span(8000, 1, '127.0.0.1'), web);
  held.add(span(8000, 1, '192.0.2.1'), db);
  held.remove(span(8000, 1, '127.0.0.1'), web);
  assert.equal(held.conflict(span(8000, 1, '127.0.0.1')), undefined);
  assert.deepEqual(held.conflict(span(8000)), { port: 8000, owner: db });
});
