import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointRecord, networkRecord, sandboxRecord } from '../../../test/fixture/records.ts';
import type { NetworkRecord } from '../../store/records.ts';
import type { JoinedEndpoint } from '../driver.ts';
import { ipvlanDriver } from '../drivers/ipvlan/index.ts';
import { macvlanDriver } from '../drivers/macvlan/index.ts';
import { AddressPool } from '../ipam/index.ts';

const macvlan = macvlanDriver();
const ipvlan = ipvlanDriver();
const owner = `endpoint:${'e'.repeat(64)}`;

const network = (more: Partial<NetworkRecord> = {}): NetworkRecord =>
  networkRecord({ name: 'lan', driver: 'macvlan', options: { parent: 'eth0' }, ...more });
const { id } = network();

const joined = (more: Partial<NetworkRecord> = {}, ipv4 = '192.0.2.9/24'): JoinedEndpoint => {
  const lease = { hostInterface: '', interface: 'eth0', mac: '02:00:00:00:00:02', ipv4 };
  const endpoint = endpointRecord({ lease });
  const sandbox = sandboxRecord({ gatewayEndpointId: endpoint.id, gateway6EndpointId: endpoint.id });
  return { network: network(more), endpoint, lease, sandbox };
};

test('a macvlan network on a parent wants nothing of the host but the parent', () => {
  const { host, elements } = macvlan.planNetwork(network());
  assert.deepEqual(
    host.links.map(({ name, kind }) => [name, kind.type]),
    [['eth0', 'foreign']],
  );
  assert.deepEqual([...host.addresses, ...host.routes, ...host.sysctls, ...elements], []);
});

test('an endpoint is a link in its sandbox, on the parent, with the default route by the gateway', () => {
  const plan = macvlan.planEndpoint(joined({ options: { parent: 'eth0', macvlan_mode: 'vepa' } }));
  const inside = plan.sandboxes.get('s')!;
  assert.deepEqual(inside.links, [
    { name: 'eth0', owner, kind: { type: 'macvlan', parent: 'eth0', mode: 'vepa' }, mac: '02:00:00:00:00:02' },
  ]);
  assert.deepEqual(inside.addresses, [{ link: 'eth0', cidr: '192.0.2.9/24', owner }]);
  assert.deepEqual(inside.routes, [{ link: 'eth0', destination: '0.0.0.0/0', via: '192.0.2.1', owner }]);
  assert.deepEqual(plan.host.links, []);
});

test('the default route is by the gateway of the address’s own subnet', () => {
  const pools = [
    { subnet: '192.0.2.0/24', gateway: '192.0.2.1', automatic: false },
    { subnet: '198.51.100.0/24', gateway: '198.51.100.1', automatic: false },
  ];
  const ipam = { driver: 'default', options: {}, pools };
  const routes = macvlan.planEndpoint(joined({ ipam }, '198.51.100.7/24')).sandboxes.get('s')!.routes;
  assert.deepEqual(routes, [{ link: 'eth0', destination: '0.0.0.0/0', via: '198.51.100.1', owner }]);
});

test('an endpoint leads out by its own subnet’s gateway, or not at all', () => {
  const pools = [
    { subnet: '192.0.2.0/24', gateway: '192.0.2.1', automatic: false },
    { subnet: '198.51.100.0/24', automatic: false },
  ];
  const ipam = { driver: 'default', options: {}, pools };
  assert.deepEqual(macvlan.gateway(network({ ipam }), joined({ ipam })), { ipv4: '192.0.2.1' });
  const other = joined({ ipam }, '198.51.100.7/24');
  assert.equal(macvlan.gateway(network({ ipam }), other), undefined);
  assert.deepEqual(macvlan.planEndpoint(other).sandboxes.get('s')!.routes, []);
});

test('without a parent: a dummy link, no way out, and the record says that it is internal', () => {
  const alone = network({ options: {} });
  assert.deepEqual(macvlan.planNetwork(alone).host.links, [
    {
      name: 'dm-0123456789ab',
      owner: `network:${id}`,
      kind: { type: 'dummy' },
      bears: { type: 'macvlan', parent: 'dm-0123456789ab', mode: 'bridge' },
    },
  ]);
  assert.equal(ipvlan.planNetwork(alone).host.links[0]!.name, 'di-0123456789ab');
  assert.equal(macvlan.gateway(alone), undefined);
  assert.equal(macvlan.complete!(alone, []).internal, true);
});

test('ipvlan l3: no gateway is kept, the default route and the network’s other subnets are on the link', () => {
  const pools = [
    { subnet: '192.0.2.0/24', gateway: '192.0.2.1', automatic: false },
    { subnet: '198.51.100.0/24', automatic: false },
  ];
  const l3 = {
    driver: 'ipvlan',
    options: { parent: 'eth0', ipvlan_mode: 'l3' },
    ipam: { driver: 'default', options: {}, pools },
  };
  assert.deepEqual(
    ipvlan.complete!(network(l3), []).ipam.pools.map(({ gateway }) => gateway),
    [undefined, undefined],
  );
  assert.deepEqual(ipvlan.gateway(network(l3)), { ipv4: '' });
  const inside = ipvlan.planEndpoint(joined(l3)).sandboxes.get('s')!;
  assert.deepEqual(inside.links, [
    { name: 'eth0', owner, kind: { type: 'ipvlan', parent: 'eth0', mode: 'l3', flag: 'bridge' } },
  ]);
  assert.deepEqual(inside.routes, [
    { link: 'eth0', destination: '198.51.100.0/24', owner },
    { link: 'eth0', destination: '0.0.0.0/0', owner },
  ]);
});

test('host access: a link of the host’s beside the containers’, with a route to each from its own address', () => {
  const options = { parent: 'eth0', 'com.portolan.host_access': 'true' };
  const record = macvlan.complete!(network({ options }), []);
  assert.deepEqual(record.ipam.pools[0]!.auxiliary, { 'com.portolan.host': '192.0.2.2' });
  const { links, addresses } = macvlan.planNetwork(record).host;
  assert.deepEqual(links[1], {
    name: 'hm-0123456789ab',
    owner: `network:${id}`,
    kind: { type: 'macvlan', parent: 'eth0', mode: 'bridge' },
    mac: '06:01:23:45:67:89',
  });
  assert.deepEqual(addresses, [{ link: 'hm-0123456789ab', cidr: '192.0.2.2/32', owner: `network:${id}` }]);
  assert.deepEqual(macvlan.planEndpoint(joined(record)).host.routes, [
    { link: 'hm-0123456789ab', destination: '192.0.2.9/32', source: '192.0.2.2', owner },
  ]);
});

test('the host’s own address is nobody’s on other networks of the same subnet', () => {
  const pool = { subnet: '192.0.2.0/24', auxiliary: { router: '192.0.2.3' }, automatic: false };
  const neighbour = new AddressPool(pool, 'other (o)');
  neighbour.hold('192.0.2.2/24');
  const options = { parent: 'eth0', 'com.portolan.host_access': 'true' };
  const record = macvlan.complete!(network({ options }), [neighbour]);
  assert.deepEqual(record.ipam.pools[0]!.auxiliary, { 'com.portolan.host': '192.0.2.4' });
  const asked = (address: string) => () =>
    macvlan.complete!(network({ options: { parent: 'eth0', 'com.portolan.host_address': address } }), [neighbour]);
  const text = 'com.portolan.host_address=192.0.2.2: Address already in use: it is a container’s on network other (o)';
  assert.throws(asked('192.0.2.2'), { kind: 'conflict', message: text.replace('’', "'") });
  assert.throws(asked('192.0.2.3'), {
    kind: 'conflict',
    message: /it is the auxiliary address router on network other/,
  });
  const ipam = { ...network().ipam, driver: 'plug' };
  assert.throws(() => macvlan.check(network({ options, ipam }), []), {
    kind: 'invalid',
    message: /^com.portolan.host_access=true: the addresses of plugin plug are for containers only/,
  });
});

test('ipvlan: a parent is one network’s alone, and a hardware address is nobody’s to choose', () => {
  const one = network({ driver: 'ipvlan' });
  const two = network({ driver: 'ipvlan', id: 'f'.repeat(64) });
  assert.throws(() => ipvlan.check(two, [one]), {
    kind: 'conflict',
    message: 'network di-0123456789ab is already using parent interface eth0',
  });
  assert.throws(() => macvlan.check(network({ id: 'f'.repeat(64) }), [one]), {
    kind: 'conflict',
    message: /^ipvlan network lan is already using parent interface eth0: /,
  });
  const { request } = joined().endpoint;
  assert.throws(() => ipvlan.checkEndpoint!(one, { ...request, mac: '02:00:00:00:00:09' }), {
    message: /^ipvlan interfaces do not support custom mac address assignment/,
  });
  assert.equal(ipvlan.lease!(joined().lease).mac, '');
});

test('ipvlan refuses modes and flags that it does not have', () => {
  const bad = (options: Record<string, string>) => () => ipvlan.check(network({ driver: 'ipvlan', options }), []);
  assert.throws(bad({ ipvlan_mode: 'x' }), {
    kind: 'invalid',
    message: /^requested ipvlan mode 'x' is not valid, 'l2' mode is the ipvlan driver default/,
  });
  assert.throws(bad({ ipvlan_flag: 'x' }), { message: /^requested ipvlan flag 'x' is not valid/ });
  assert.throws(bad({ parent: 'lo' }), { message: 'loopback interface is not a valid ipvlan parent link' });
  assert.throws(bad({ parent: 'eth0', ipvlan_flag: 'private', 'com.portolan.host_access': '1' }), {
    message: /links with flag private do not hear each other/,
  });
});
