import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointRecord, networkRecord } from '../../../test/fixture/records.ts';
import { endpointView } from './endpoint-view.ts';

const network = networkRecord({
  driver: 'macvlan',
  ipam: {
    driver: 'default',
    options: {},
    pools: [
      { subnet: '192.0.2.0/24', gateway: '192.0.2.1', automatic: false },
      { subnet: '198.51.100.0/24', gateway: '198.51.100.1', automatic: false },
      { subnet: '203.0.113.0/24', automatic: false },
    ],
  },
});

const view = (ipv4: string) => {
  const endpoint = endpointRecord({ lease: { hostInterface: '', interface: 'eth0', mac: '', ipv4 } });
  return endpointView(endpoint, network, { name: 'web', id: endpoint.containerId, hostname: 'web' });
};

test('endpointView() shows the gateway of the subnet that the address is in', () => {
  assert.equal(view('192.0.2.9/24').Gateway, '192.0.2.1');
  assert.equal(view('198.51.100.9/24').Gateway, '198.51.100.1');
  assert.equal(view('203.0.113.9/24').Gateway, '');
});
