import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerCreateInput, parseContainerCreate } from '../../contract/index.ts';
import { migrateCreate } from './create.ts';

const mac = '02:42:ac:11:00:09';
const option = 'com.docker.network.endpoint.sysctls';
const migrate = (version: string, input: ContainerCreateInput) =>
  migrateCreate(parseContainerCreate({ Image: 'busybox', ...input }), version);
const onNetworks = (mode: string, ...names: string[]): ContainerCreateInput => ({
  HostConfig: { NetworkMode: mode },
  NetworkingConfig: { EndpointsConfig: Object.fromEntries(names.map((name) => [name, {}])) },
});

test('several networks at create: from 1.44 on', () => {
  const input = onNetworks('a', 'a', 'b');
  assert.deepEqual(Object.keys(migrate('1.44', input).body.Endpoints), ['a', 'b']);
  assert.throws(() => migrate('1.43', input), {
    kind: 'invalid',
    message: 'Container cannot be created with multiple network endpoints: a, b',
  });
});

for (const c of [
  {
    name: 'an old client, no endpoint',
    version: '1.43',
    input: onNetworks('shop'),
    want: { shop: mac },
    warned: false,
  },
  {
    name: 'an old client, by another reference',
    version: '1.43',
    input: onNetworks('shop', 'abc'),
    want: { abc: mac },
  },
  { name: 'the default network', version: '1.44', input: onNetworks('default'), want: { bridge: mac }, warned: true },
  { name: 'a new client', version: '1.44', input: onNetworks('b', 'a', 'b'), want: { a: '', b: mac }, warned: true },
]) {
  test(`a container-wide MAC address is the main network's: ${c.name}`, () => {
    const { body, warnings } = migrate(c.version, { MacAddress: mac, ...c.input });
    const got = Object.entries(body.Endpoints).map(([name, { MacAddress }]) => [name, MacAddress]);
    assert.deepEqual(Object.fromEntries(got), c.want);
    assert.equal(warnings.length, c.warned ? 1 : 0);
    if (c.warned) assert.match(warnings[0]!, /^The container-wide MacAddress field is now deprecated\./);
  });
}

test('an endpoint’s MAC address is unknown to clients of before 1.44', () => {
  const input = { NetworkingConfig: { EndpointsConfig: { a: { MacAddress: mac } } } };
  assert.equal(migrate('1.43', input).body.Endpoints['a']?.MacAddress, '');
  assert.equal(migrate('1.44', input).body.Endpoints['a']?.MacAddress, mac);
});

for (const c of [
  {
    version: '1.43',
    input: { MacAddress: mac, ...onNetworks('host') },
    message: 'conflicting options: mac-address and the network mode',
  },
  {
    version: '1.44',
    input: { MacAddress: mac, ...onNetworks('id', 'name') },
    message:
      'unable to migrate container-wide MAC address to a specific network: HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks',
  },
  {
    version: '1.44',
    input: {
      MacAddress: mac,
      HostConfig: { NetworkMode: 'a' },
      NetworkingConfig: { EndpointsConfig: { a: { MacAddress: '02:42:ac:11:00:08' } } },
    },
    message:
      'the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty',
  },
  {
    version: '1.48',
    input: { HostConfig: { Sysctls: { 'net.ipv6.conf.eth0.accept_ra': '2' } } },
    message: `interface specific sysctl setting "net.ipv6.conf.eth0.accept_ra" must be supplied using driver option '${option}'`,
  },
  {
    version: '1.46',
    input: { HostConfig: { Sysctls: { 'net.ipv6.conf.eth1.accept_ra': '2' } } },
    message: `unable to determine network endpoint for sysctl net.ipv6.conf.eth1.accept_ra, use driver option '${option}' to set per-interface sysctls`,
  },
  {
    version: '1.46',
    input: {
      HostConfig: { NetworkMode: 'a', Sysctls: { 'net.ipv6.conf.eth1.accept_ra': '2' } },
      NetworkingConfig: { EndpointsConfig: { b: {} } },
    },
    message:
      'unable to find a network for sysctl net.ipv6.conf.eth1.accept_ra: HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks',
  },
]) {
  test(`version ${c.version} refuses: ${c.message.slice(0, 60)}…`, () => {
    assert.throws(() => migrate(c.version, c.input), { kind: 'invalid', message: c.message });
  });
}

test('sysctls of eth0 become options of the main network up to 1.47; all others stay', () => {
  const Sysctls = {
    'net.ipv6.conf.all.disable_ipv6': '0',
    'net.ipv4.conf.eth0.forwarding': '1',
    'net.ipv4.conf.eth0.route_localnet': '1',
  };
  const { body, warnings } = migrate('1.47', { HostConfig: { NetworkMode: 'shop', Sysctls } });
  assert.deepEqual(body.HostConfig.Sysctls, { 'net.ipv6.conf.all.disable_ipv6': '0' });
  assert.deepEqual(body.Endpoints['shop']?.DriverOpts, {
    [option]: 'net.ipv4.conf.IFNAME.forwarding=1,net.ipv4.conf.IFNAME.route_localnet=1',
  });
  assert.match(warnings.join('\n'), /^Migrated sysctl net\.ipv4\.conf\.eth0\.forwarding to DriverOpts/);
});

test('what a version did not know is left out, and what it took for granted stays so', () => {
  const input: ContainerCreateInput = {
    Healthcheck: { Test: ['CMD', 'true'], StartInterval: 5 },
    HostConfig: { AutoRemove: true, Annotations: { a: 'b' }, ConsoleSize: [10, 20], NetworkMode: 'shop' },
    NetworkingConfig: { EndpointsConfig: { shop: { GwPriority: 7 } } },
  };
  const shown = (version: string) => {
    const { Config, HostConfig, Endpoints } = migrate(version, input).body;
    const { AutoRemove, Annotations, ConsoleSize, IpcMode } = HostConfig;
    return [
      AutoRemove,
      IpcMode,
      ConsoleSize[0],
      Annotations['a'],
      Config.Healthcheck?.StartInterval,
      Endpoints['shop']?.GwPriority,
    ];
  };
  assert.deepEqual(shown('1.50'), [true, '', 10, 'b', 5, 7]);
  assert.deepEqual(shown('1.47'), [true, '', 10, 'b', 5, 0]);
  assert.deepEqual(shown('1.43'), [true, '', 10, 'b', 0, 0]);
  assert.deepEqual(shown('1.42'), [true, '', 10, undefined, 0, 0]);
  assert.deepEqual(shown('1.41'), [true, '', 0, undefined, 0, 0]);
  assert.deepEqual(shown('1.24'), [false, 'shareable', 0, undefined, 0, 0]);
});

test('a volume driver that no mount uses: from 1.48 on the engine says so', () => {
  const input: ContainerCreateInput = { HostConfig: { VolumeDriver: 'x', Mounts: [{ Type: 'volume', Target: '/t' }] } };
  assert.equal(migrate('1.47', input).warnings.length, 0);
  assert.match(migrate('1.48', input).warnings[0]!, /volume-driver configuration is ignored/);
});
