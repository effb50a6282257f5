import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointRecord, networkRecord, sandboxRecord } from '../../../../test/fixture/records.ts';
import type { JoinedEndpoint } from '../../driver.ts';
import { bridgeDriver, bridgeOptions } from './index.ts';

const driver = bridgeDriver({ masquerade: true });
const network = networkRecord;
const { id } = network();

const joined = (more: Partial<JoinedEndpoint> = {}): JoinedEndpoint => {
  const lease = { hostInterface: 'veth1', interface: 'eth0', mac: '02:00:00:00:00:02', ipv4: '192.0.2.2/24' };
  const endpoint = endpointRecord({ lease });
  const ports = [{ protocol: 'tcp' as const, containerPort: 80, count: 1, hostIp: '', hostPort: 8080 }];
  const sandbox = sandboxRecord({ ports, gatewayEndpointId: endpoint.id });
  return { network: network(), endpoint, lease, sandbox, ...more };
};

test('planNetwork() is a bridge named for the network, with the gateway as its address', () => {
  const plan = driver.planNetwork(network());
  assert.deepEqual(plan.host.links, [
    { name: 'br-0123456789ab', owner: `network:${id}`, kind: { type: 'bridge' }, mac: '02:01:23:45:67:89' },
  ]);
  assert.deepEqual(plan.host.addresses, [{ link: 'br-0123456789ab', cidr: '192.0.2.1/24', owner: `network:${id}` }]);
  assert.deepEqual(
    plan.elements.map(({ set }) => set),
    ['bridges', 'peers', 'masquerade4'],
  );
});

test('planNetwork() of an internal network masquerades nothing and lets 127.0.0.1 out nowhere', () => {
  const plan = driver.planNetwork(network({ internal: true }));
  assert.deepEqual(
    plan.elements.map(({ set }) => set),
    ['bridges', 'peers', 'internal'],
  );
  assert.deepEqual(plan.host.sysctls, []);
});

test('planNetwork() follows the options: name, MTU, no masquerade, no ICC, no address', () => {
  const options = {
    [bridgeOptions.name]: 'mybr',
    [bridgeOptions.mtu]: '1400',
    [bridgeOptions.masquerade]: 'false',
    [bridgeOptions.icc]: 'false',
    [bridgeOptions.inhibitIpv4]: 'true',
  };
  const plan = driver.planNetwork(network({ options }));
  assert.equal(plan.host.links[0]!.name, 'mybr');
  assert.equal(plan.host.links[0]!.mtu, 1400);
  assert.deepEqual(plan.host.addresses, []);
  const sets = new Set(plan.elements.map(({ set }) => set));
  assert.ok(sets.has('apart') && !sets.has('peers') && !sets.has('masquerade4'));
  assert.equal(driver.planEndpoint(joined({ network: network({ options }) })).host.links[0]!.isolated, true);
});

test('planEndpoint() of the gateway endpoint has the default route and the ports, others have neither', () => {
  const gateway = driver.planEndpoint(joined());
  assert.deepEqual(gateway.sandboxes.get('s')!.routes, [
    { link: 'eth0', destination: '0.0.0.0/0', via: '192.0.2.1', owner: `endpoint:${'e'.repeat(64)}` },
  ]);
  assert.deepEqual(
    gateway.elements.map(({ set, key, value = '' }) => `${set} ${key} : ${value}`),
    ['publish4 tcp . 8080 : 192.0.2.2 . 80', 'closed6 tcp . 8080 : '],
  );
  const { sandbox } = joined();
  const other = driver.planEndpoint(joined({ sandbox: { ...sandbox, gatewayEndpointId: 'f' } }));
  assert.deepEqual(other.sandboxes.get('s')!.routes, []);
  assert.deepEqual(other.elements, []);
});

test('planEndpoint() has routes and ports of the families that it leads out in', () => {
  const basis = joined();
  const lease = { ...basis.lease, ipv6: '2001:db8::2/64' };
  const pools = [...network().ipam.pools, { subnet: '2001:db8::/64', gateway: '2001:db8::1', automatic: true }];
  const dual = network({ ipv6: true, ipam: { driver: 'default', options: {}, pools } });
  const plan = (gateways: { gatewayEndpointId: string; gateway6EndpointId: string }): readonly string[] => {
    const { sandboxes, elements } = driver.planEndpoint(
      joined({ network: dual, lease, sandbox: { ...basis.sandbox, ...gateways } }),
    );
    return [...sandboxes.get('s')!.routes.map(({ via = '' }) => via), ...elements.map(({ set }) => set)];
  };
  const { id: own } = basis.endpoint;
  assert.deepEqual(plan({ gatewayEndpointId: own, gateway6EndpointId: 'f' }), ['192.0.2.1', 'publish4']);
  assert.deepEqual(plan({ gatewayEndpointId: 'f', gateway6EndpointId: own }), ['2001:db8::1', 'publish6']);
  assert.deepEqual(plan({ gatewayEndpointId: own, gateway6EndpointId: own }), [
    '192.0.2.1',
    '2001:db8::1',
    'publish4',
    'publish6',
  ]);
});

test('gateway() of an internal network is none', () => {
  assert.deepEqual(driver.gateway(network()), { ipv4: '192.0.2.1' });
  assert.equal(driver.gateway(network({ internal: true })), undefined);
});

test('check() refuses what Docker refuses, in its words', () => {
  const bad = (options: Record<string, string>) => () => driver.check(network({ options }), []);
  assert.throws(bad({ [bridgeOptions.icc]: 'maybe' }), {
    kind: 'invalid',
    message:
      'failed to parse com.docker.network.bridge.enable_icc value: maybe (strconv.ParseBool: parsing "maybe": invalid syntax)',
  });
  assert.throws(bad({ [bridgeOptions.name]: 'a name too long for a link' }), { kind: 'invalid' });
  assert.throws(() => driver.check(network({ ipv4: false }), []), { message: 'IPv4 or IPv6 must be enabled' });
  const other = network({ id: 'f'.repeat(64), options: { [bridgeOptions.name]: 'br-0123456789ab' } });
  assert.throws(() => driver.check(network(), [other]), {
    kind: 'forbidden',
    message: /networks have same bridge name$/,
  });
  const overlapping = network({ id: 'f'.repeat(64) });
  assert.throws(() => driver.check(network(), [overlapping]), { message: /networks have overlapping IPv4$/ });
});

test('warnings() name the options that have no effect', () => {
  const options = {
    'com.docker.network.words.of.somebody.else': 'routed',
    'com.docker.network.bridge.enable_ic': 'x',
    'my.own': 'x',
  };
  assert.deepEqual(driver.warnings(network({ options })), [
    'option com.docker.network.words.of.somebody.else is not known here and has no effect',
    'option com.docker.network.bridge.enable_ic is not known here and has no effect: did you mean com.docker.network.bridge.enable_icc?',
  ]);
});
