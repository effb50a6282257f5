import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointRecord, networkRecord, sandboxRecord } from '../../../../test/fixture/records.ts';
import type { EndpointLease } from '../../../store/records.ts';
import { accepted, capabilitiesOf, gatewaysSkipped, joinedOf, settingsOf } from './answers.ts';
import { planRemoteEndpoint, remoteGateway } from './plan.ts';
import { networkRequest, portOptions } from './requests.ts';

const network = networkRecord({
  id: 'n1',
  name: 'far',
  driver: 'mine',
  ipv6: true,
  ipam: {
    driver: 'default',
    options: {},
    pools: [
      { subnet: '10.5.0.0/16', gateway: '10.5.0.1', auxiliary: { router: '10.5.0.9' }, automatic: false },
      { subnet: 'fd00:5::/64', gateway: 'fd00:5::1', automatic: true },
    ],
  },
  options: { colour: 'blue' },
});
const bare = endpointRecord({ id: 'e1', networkId: 'n1', containerId: 'c1' });
const endpoint = { ...bare, request: { ...bare.request, linkLocal: ['169.254.8.8'] } };
const sandbox = sandboxRecord({
  id: 's1',
  containerId: 'c1',
  portRequests: [{ protocol: 'udp', containerPort: 53, hostIp: '192.0.2.1', hostPortFirst: 5300, hostPortLast: 5309 }],
});
const refused = (body: () => unknown, message: string | RegExp): void => {
  assert.throws(body, { name: 'AppError', kind: 'internal', message });
};

test('CreateNetwork says what libnetwork says', () => {
  assert.deepEqual(networkRequest({ ...network, internal: true }), {
    NetworkID: 'n1',
    Options: {
      'com.docker.network.generic': { colour: 'blue' },
      'com.docker.network.enable_ipv4': true,
      'com.docker.network.enable_ipv6': true,
      'com.docker.network.internal': true,
    },
    IPv4Data: [
      {
        AddressSpace: 'LocalDefault',
        Pool: '10.5.0.0/16',
        Gateway: '10.5.0.1/16',
        AuxAddresses: { router: '10.5.0.9/16' },
      },
    ],
    IPv6Data: [{ AddressSpace: 'LocalDefault', Pool: 'fd00:5::/64', Gateway: 'fd00:5::1/64' }],
  });
  const pools = [{ subnet: '0.0.0.0/0', automatic: true }];
  const bare = networkRequest({ ...network, ipam: { driver: 'null', options: {}, pools } });
  assert.deepEqual(bare, { ...bare, IPv4Data: [{ AddressSpace: 'null', Pool: '0.0.0.0/0' }], IPv6Data: [] });
});

test('published ports are told with their protocol numbers', () => {
  assert.deepEqual(portOptions(sandbox), {
    'com.docker.network.endpoint.exposedports': [{ Proto: 17, Port: 53 }],
    'com.docker.network.portmap': [
      { Proto: 17, IP: '', Port: 53, HostIP: '192.0.2.1', HostPort: 5300, HostPortEnd: 5309 },
    ],
  });
});

test('a refusal and a scope that is none are told in Docker’s words', () => {
  accepted('m', {});
  accepted('m', { Err: '' });
  refused(() => accepted('m', { Err: 'no more tunnels' }), 'remote: no more tunnels');
  assert.deepEqual(capabilitiesOf('m', { Scope: 'local' }), { scope: 'local', checksGateways: false });
  const said = { Scope: 'Global', ConnectivityScope: 'global', GwAllocChecker: true };
  assert.deepEqual(capabilitiesOf('m', said), { scope: 'global', checksGateways: true });
  const text = "invalid capability: expecting 'local' or 'global', got galaxy";
  refused(() => capabilitiesOf('m', { Scope: 'galaxy' }), text);
  assert.deepEqual(gatewaysSkipped('m', { SkipIPv6: true }), [6]);
  assert.deepEqual(gatewaysSkipped('m', {}), []);
});

test('a plugin fills in what an endpoint has not, and changes nothing', () => {
  const given = { Interface: { Address: '10.5.0.7/16', AddressIPv6: 'fd00:5::7/64', MacAddress: '0A:00:00:00:00:07' } };
  assert.deepEqual(settingsOf('m', given, {}), { ipv4: '10.5.0.7/16', ipv6: 'fd00:5::7/64', mac: '0a:00:00:00:00:07' });
  for (const nothing of [{}, { Interface: null }, { Interface: {} }, { Interface: { Address: '' } }]) {
    assert.deepEqual(settingsOf('m', nothing, { ipv4: '10.5.0.2/16' }), {});
  }
  refused(
    () => settingsOf('m', given, { ipv4: '10.5.0.2/16' }),
    'driver modified interface address: endpoint interface IP present (10.5.0.2/16). Cannot be modified with 10.5.0.7/16.; rolled back',
  );
  refused(() => settingsOf('m', { Interface: { Address: 'fd00::1/64' } }, {}), 'invalid CIDR address: fd00::1/64');
  refused(() => settingsOf('m', { Interface: { MacAddress: 'zz' } }, {}), 'address zz: invalid MAC address');
  refused(() => settingsOf('m', { Interface: 'x' }, {}), /^m: Interface: /);
});

test('a join names the interface, the way out and routes', () => {
  const answer = {
    InterfaceName: { SrcName: 'plug0', DstPrefix: 'net' },
    Gateway: '10.5.0.1',
    GatewayIPv6: 'FD00:5::1',
    StaticRoutes: [
      { Destination: '10.9.0.0/16', RouteType: 0, NextHop: '10.5.0.3' },
      { Destination: '10.8.0.0/16', RouteType: 1 },
    ],
  };
  assert.deepEqual(joinedOf('m', answer), {
    prefix: 'net',
    join: {
      source: 'plug0',
      gateway4: '10.5.0.1',
      gateway6: 'fd00:5::1',
      routes: [{ destination: '10.9.0.0/16', via: '10.5.0.3' }, { destination: '10.8.0.0/16' }],
    },
  });
  assert.deepEqual(joinedOf('m', { DisableGatewayService: true }), {
    prefix: 'eth',
    join: { routes: [] },
  });
  refused(() => joinedOf('m', { Gateway: 'there' }), 'unable to parse Gateway "there"');
  refused(() => joinedOf('m', { InterfaceName: { SrcName: '../x' } }), 'invalid interface name "../x"');
  refused(() => joinedOf('m', { InterfaceName: { SrcName: 'sixteen-bytes-xx' } }), /invalid interface name/);
  refused(() => joinedOf('m', { StaticRoutes: [{ Destination: 'x' }] }), 'failed to parse CIDR "x"');
  refused(() => joinedOf('m', { StaticRoutes: [{ Destination: '10.0.0.0/8' }] }), 'failed to parse nexthop IP ""');
});

const lease: EndpointLease = { hostInterface: '', interface: 'eth0', mac: '', ipv4: '10.5.0.2/16' };
const plugin = {
  source: 'plug0',
  gateway4: '10.5.0.1',
  routes: [{ destination: '10.9.0.0/16', via: '10.5.0.3' }, { destination: '10.8.0.0/16' }],
  closed: false,
};

test('the plan of an endpoint is what its plugin said: nothing before, an interface moved in afterwards', () => {
  const leading = { ...sandbox, gatewayEndpointId: endpoint.id };
  const joined = { network, endpoint, sandbox: leading };
  const nothing = planRemoteEndpoint({ ...joined, lease });
  assert.deepEqual([...nothing.sandboxes], []);
  const { host, sandboxes, elements } = planRemoteEndpoint({ ...joined, lease: { ...lease, plugin } });
  const owner = 'endpoint:e1';
  assert.deepEqual([host.links, elements], [[], []]);
  assert.deepEqual(sandboxes.get('s1'), {
    links: [{ name: 'eth0', owner, kind: { type: 'moved', source: 'plug0' } }],
    addresses: [
      { link: 'eth0', cidr: '10.5.0.2/16', owner },
      { link: 'eth0', cidr: '169.254.8.8/16', owner },
    ],
    routes: [
      { link: 'eth0', destination: '10.8.0.0/16', owner },
      { link: 'eth0', destination: '10.9.0.0/16', via: '10.5.0.3', owner },
      { link: 'eth0', destination: '0.0.0.0/0', via: '10.5.0.1', owner },
    ],
    sysctls: [],
  });
});

test('an endpoint leads out where its plugin gave a gateway, and its network may', () => {
  assert.equal(remoteGateway(network, { lease }), undefined);
  assert.deepEqual(remoteGateway(network, { lease: { ...lease, plugin } }), { ipv4: '10.5.0.1' });
  assert.equal(remoteGateway({ ...network, internal: true }, { lease: { ...lease, plugin } }), undefined);
});
