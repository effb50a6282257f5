import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointRecord, NetworkRecord } from '../store/records.ts';
import type { Gateway } from './driver.ts';
import { type Candidate, chooseGateway } from './gateway.ts';

const candidate = (name: string, gateway: Gateway | undefined, gatewayPriority = 0): Candidate => ({
  network: { name } as NetworkRecord,
  endpoint: { id: name, request: { gatewayPriority } } as EndpointRecord,
  gateway,
});
const v4 = { ipv4: '192.0.2.1' };

test('chooseGateway() takes the highest priority, then both families, then the first name', () => {
  const chosen = (...candidates: Candidate[]): string | undefined => chooseGateway(candidates)?.id;
  assert.equal(chosen(candidate('b', v4), candidate('a', v4)), 'a');
  assert.equal(chosen(candidate('a', v4), candidate('b', { ...v4, ipv6: 'fd00::1' })), 'b');
  assert.equal(chosen(candidate('a', { ...v4, ipv6: 'fd00::1' }), candidate('z', v4, 5)), 'z');
});

test('chooseGateway() never takes a network that leads nowhere', () => {
  assert.equal(chooseGateway([candidate('a', undefined, 9), candidate('b', v4, -1)])?.id, 'b');
  assert.equal(chooseGateway([candidate('a', undefined)]), undefined);
});
