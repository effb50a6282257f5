import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointRecord, NetworkRecord } from '../store/records.ts';
import type { Gateway } from './driver.ts';
import { type Candidate, chooseGateways, gatewayIds } from './gateway.ts';

const candidate = (name: string, gateway: Gateway | undefined, gatewayPriority = 0): Candidate => ({
  network: { name } as NetworkRecord,
  endpoint: { id: name, request: { gatewayPriority } } as EndpointRecord,
  gateway,
});
const v4 = { ipv4: '192.0.2.1' };
const v6 = { ipv6: '2001:db8::1' };
const both = { ...v4, ...v6 };

for (const { name, candidates, ipv4, ipv6 } of [
  { name: 'the first name', candidates: [candidate('b', v4), candidate('a', v4)], ipv4: 'a' },
  { name: 'both families before one', candidates: [candidate('a', v4), candidate('b', both)], ipv4: 'b', ipv6: 'b' },
  { name: 'priority before all', candidates: [candidate('a', both), candidate('z', v4, 5)], ipv4: 'z', ipv6: 'a' },
  { name: 'a family each', candidates: [candidate('six', v6), candidate('four', v4)], ipv4: 'four', ipv6: 'six' },
  { name: 'never what leads nowhere', candidates: [candidate('a', undefined, 9), candidate('b', v4, -1)], ipv4: 'b' },
  { name: 'none at all', candidates: [candidate('a', undefined)] },
] as { name: string; candidates: Candidate[]; ipv4?: string; ipv6?: string }[]) {
  test(`chooseGateways() takes ${name}`, () => {
    const { gatewayEndpointId, gateway6EndpointId } = gatewayIds(chooseGateways(candidates));
    assert.deepEqual([gatewayEndpointId, gateway6EndpointId], [ipv4, ipv6]);
    assert.deepEqual(chooseGateways([...candidates].reverse()), chooseGateways(candidates));
  });
}
