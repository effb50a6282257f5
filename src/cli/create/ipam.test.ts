import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipamConfig, type Pools } from './ipam.ts';

const nothing: Pools = { subnets: [], ranges: [], gateways: [], auxiliary: [] };

test('ipamConfig() gives every address to the subnet that holds it', () => {
  const pools = ipamConfig({
    subnets: ['10.0.0.0/24', 'fd00::/64'],
    ranges: ['10.0.0.128/25'],
    gateways: ['fd00::1', '10.0.0.1'],
    auxiliary: [['printer', '10.0.0.9']],
  });
  assert.deepEqual(pools, [
    {
      Subnet: '10.0.0.0/24',
      IPRange: '10.0.0.128/25',
      Gateway: '10.0.0.1',
      AuxiliaryAddresses: { printer: '10.0.0.9' },
    },
    { Subnet: 'fd00::/64', Gateway: 'fd00::1' },
  ]);
});

const refused: readonly (readonly [pools: Partial<Pools>, message: RegExp])[] = [
  [{ gateways: ['10.0.0.1'] }, /must have a corresponding subnet/],
  [{ subnets: ['10.0.0.0/24'], gateways: ['10.1.0.1'] }, /no matching subnet for gateway 10\.1\.0\.1/],
  [{ subnets: ['10.0.0.0/24'], ranges: ['10.1.0.0/25'] }, /no matching subnet for range/],
  [{ subnets: ['10.0.0.0/24'], auxiliary: [['a', '10.1.0.1']] }, /no matching subnet for aux-address/],
  [{ subnets: ['10.0.0.0/16', '10.0.1.0/24'] }, /multiple overlapping subnet/],
  [
    { subnets: ['10.0.0.0/24', '10.1.0.0/24'], gateways: ['10.0.0.1', '10.0.0.2'] },
    /cannot configure multiple gateways/,
  ],
  [{ subnets: ['10.0.0.300/24'], gateways: ['10.0.0.1'] }, /invalid CIDR address/],
];
for (const [pools, message] of refused) {
  test(`ipamConfig() refuses ${JSON.stringify(pools)}`, () =>
    assert.throws(() => ipamConfig({ ...nothing, ...pools }), message));
}
