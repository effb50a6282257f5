import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { NetworkCreate } from '../../src/network/index.ts';
import { containerId, endpoint, type NetworkLab, networkCreate } from '../lab/network-lab.ts';
import type { PluginProcess } from '../lab/plugin-process.ts';
import { until } from '../lab/until.ts';
import { startPlugin } from './plugin-lab.ts';

const a = containerId('a');
const b = containerId('b');

/** A network of a driver of ours, or "plug", whose addresses are the plugin's. */
const addressed = (
  name: string,
  pools: NetworkCreate['ipam']['pools'] = [],
  more: Partial<NetworkCreate> = {},
): NetworkCreate => networkCreate(name, { ipam: { driver: 'plug', options: {}, pools }, ...more });

const poolOf = (plugin: PluginProcess, subnet: string): { readonly taken: readonly string[] } | undefined =>
  plugin.state().pools[`PluginLocal/${subnet}`];

test('a bridge network with a plugin’s addresses: taken with hardware addresses, given back, nothing is left', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  const network = await lab.network.createNetwork(addressed('far'));
  const [pool] = network.ipam.pools;
  assert.deepEqual(pool, {
    subnet: '10.77.0.0/24',
    gateway: '10.77.0.1',
    automatic: true,
    remote: { id: 'PluginLocal/10.77.0.0/24', space: 'PluginLocal' },
  });
  await lab.network.connect(a, 'far', endpoint({ ipv4: '10.77.0.50' }));
  await lab.network.sandboxUp(lab.sandbox(a));
  await lab.up(b, ['far']);
  assert.equal(lab.address(a, 'far'), '10.77.0.50');
  assert.equal(lab.address(b, 'far'), '10.77.0.2');
  assert.ok(lab.pings(a, '10.77.0.2'));
  assert.ok(lab.pings(a, '10.77.0.1'));
  const asked = plugin.calls().filter(({ method }) => method === 'IpamDriver.RequestAddress');
  assert.deepEqual(asked.at(-1)!.body['Options'], {
    'com.docker.network.endpoint.macaddress': lab.network.endpointsOf(b)[0]!.lease!.mac,
  });
  assert.deepEqual(lab.network.ipamStatus(network.id), [], 'what is left is not ours to know');
  await lab.network.sandboxDown(a);
  assert.deepEqual(poolOf(plugin, '10.77.0.0/24')!.taken, ['10.77.0.1', '10.77.0.2']);
  await lab.network.sandboxDown(b);
  await lab.network.removeNetwork('far');
  assert.deepEqual(plugin.state().pools, {});
  assert.deepEqual(lab.mends, []);
});

test('one plugin for both, with a subnet, range, gateway and auxiliary address of the user’s', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  const wish = {
    subnet: '10.88.0.0/24',
    ipRange: '10.88.0.64/26',
    gateway: '10.88.0.9',
    auxiliary: { r: '10.88.0.7' },
  };
  await lab.network.createNetwork(addressed('far', [wish], { driver: 'plug' }));
  const request = plugin.calls().find(({ method }) => method === 'IpamDriver.RequestPool')!.body;
  assert.deepEqual(request, {
    AddressSpace: 'PluginLocal',
    Pool: '10.88.0.0/24',
    SubPool: '10.88.0.64/26',
    Options: {},
    V6: false,
  });
  const created = plugin.calls().find(({ method }) => method === 'NetworkDriver.CreateNetwork')!.body;
  assert.deepEqual(created['IPv4Data'], [
    {
      AddressSpace: 'PluginLocal',
      Pool: '10.88.0.0/24',
      Gateway: '10.88.0.9/24',
      AuxAddresses: { r: '10.88.0.7/24' },
    },
  ]);
  await lab.up(a, ['far']);
  assert.ok(lab.pings(a, '10.88.0.9'));
  const asked = plugin.calls().findLast(({ method }) => method === 'IpamDriver.RequestAddress')!.body['Options'];
  const [link] = lab.insideJson<{ address: string }>(a, 'link show dev eth0');
  assert.deepEqual(asked, { 'com.docker.network.endpoint.macaddress': link!.address }, 'the one that it was told');
  await lab.network.sandboxDown(a);
  await lab.network.removeNetwork('far');
  assert.deepEqual(plugin.state(), { networks: {}, endpoints: {}, pools: {}, forgets: false });
});

test('a refusal at any step gives back what was taken, and leaves no record', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  const before = lab.network.networks().length;
  const subnet = '10.88.0.0/24';
  const refuses = (wish: NetworkCreate['ipam']['pools'][number], kind: string, message: RegExp) =>
    assert.rejects(lab.network.createNetwork(addressed('far', [wish])), { kind, message });
  await refuses(
    { subnet, gateway: '10.88.0.9', auxiliary: { r: '10.88.0.9' } },
    'internal',
    /^failed to allocate secondary ip address \(r:10.88.0.9\): remote: address 10.88.0.9 is taken/,
  );
  assert.deepEqual(plugin.state().pools, {});
  const fails = addressed('far', [], { ipam: { driver: 'plug', options: { fail: 'RequestPool' }, pools: [] } });
  await assert.rejects(lab.network.createNetwork(fails), {
    kind: 'internal',
    message: 'remote: RequestPool fails as asked',
  });
  const wrongOption = { options: { 'com.docker.network.bridge.enable_icc': 'maybe' } };
  await assert.rejects(lab.network.createNetwork(addressed('far', [], wrongOption)), { kind: 'invalid' });
  assert.deepEqual(plugin.state().pools, {}, 'what a driver refuses afterwards, too');
  await lab.network.createNetwork(
    networkCreate('own', { ipam: { driver: '', options: {}, pools: [{ subnet: '10.77.0.0/24' }] } }),
  );
  const { ipam } = await lab.network.createNetwork(addressed('far'));
  assert.equal(ipam.pools[0]!.subnet, '10.77.1.0/24', 'the one that overlaps was kept aside and given back');
  assert.deepEqual(Object.keys(plugin.state().pools), ['PluginLocal/10.77.1.0/24']);
  const absent = networkCreate('x', { ipam: { driver: 'absent', options: {}, pools: [] } });
  await assert.rejects(lab.network.createNetwork(absent), {
    kind: 'not-found',
    message: 'plugin "absent" not found: there is no ipam driver "absent"',
  });
  assert.equal(lab.network.networks().length, before + 2);
});

test('a plugin that forgets is told again what it gave: after its own restart, and the engine’s', async (t) => {
  const { lab, plugin } = await startPlugin(t, { forgets: true });
  await lab.network.createNetwork(addressed('far', [{ subnet: '10.88.0.0/24', auxiliary: { r: '10.88.0.7' } }]));
  await lab.up(a, ['far']);
  const held = ['10.88.0.1', '10.88.0.2', '10.88.0.7'];
  const taken = (): readonly string[] => [...(plugin.calls().some(isPool) ? told(plugin) : [])].sort();
  await plugin.kill();
  plugin.forgetCalls();
  await plugin.launch();
  // The connection that broke makes the next call find it anew.
  await lab.up(b, ['far']);
  assert.equal(lab.address(b, 'far'), '10.88.0.3', 'what others have is not handed out again');
  assert.deepEqual(taken(), [...held, ''].sort());
  plugin.forgetCalls();
  await plugin.kill();
  await plugin.launch();
  await lab.restart();
  await until('the replay', () => taken().length === held.length + 1, { withinMs: 5000, everyMs: 25 });
  assert.deepEqual(taken(), [...held, '10.88.0.3'].sort());
});

const isPool = ({ method }: { readonly method: string }): boolean => method === 'IpamDriver.RequestPool';
const told = (plugin: PluginProcess): readonly string[] =>
  plugin
    .calls()
    .filter(({ method }) => method === 'IpamDriver.RequestAddress')
    .map(({ body }) => `${body['Address']}`);

test('killed while a plugin gave pools: the next start gives them back, and the name is free meanwhile', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  const slow = (name: string): NetworkCreate =>
    addressed(name, [], { ipam: { driver: 'plug', options: { slow: 'IpamDriver.RequestAddress' }, pools: [] } });
  const begun = async (name: string): Promise<void> => {
    const made = lab.network.createNetwork(slow(name)).catch(() => {});
    const asked = (): boolean => plugin.methods().includes('IpamDriver.RequestAddress');
    await until('a wish for a gateway', asked, { withinMs: 5000, everyMs: 25 });
    // The plugin dies with it, so that the engine of before has nothing more to do.
    await plugin.kill();
    rmSync(join(lab.pluginDir, 'plug.sock'));
    const written = lab.store.networks.all().find((one) => one.name === name)!;
    await made;
    lab.store.networks.put(written);
    plugin.forgetCalls();
  };
  await begun('half');
  assert.equal(Object.keys(plugin.state().pools).length, 1);
  await plugin.launch();
  await lab.restart();
  await until('its end', () => Object.keys(plugin.state().pools).length === 0, { withinMs: 5000, everyMs: 25 });
  await until('the end of its record', () => !recorded(lab, 'half'), { withinMs: 5000, everyMs: 25 });

  await begun('half');
  await lab.restart();
  await until('a warning', () => lab.warnings.some((line) => /its plugin does not answer/.test(line)), {
    withinMs: 30_000,
  });
  assert.ok(recorded(lab, 'half'));
  assert.ok(!lab.network.networks().some(({ name }) => name === 'half'));
  await plugin.launch();
  await lab.network.createNetwork(networkCreate('half'));
  assert.deepEqual(plugin.state().pools, {}, 'who takes the name sees to it');
});

const recorded = (lab: NetworkLab, name: string): boolean => lab.store.networks.all().some((one) => one.name === name);

const nullAddressed = (driver: string, more: Partial<NetworkCreate> = {}): NetworkCreate =>
  networkCreate('bare', { driver, ipam: { driver: 'null', options: {}, pools: [] }, ...more });

test('without addressing: for a plugin’s network only, whose containers have what the plugin gives', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  for (const driver of ['', 'macvlan', 'ipvlan']) {
    const refusal = { kind: 'invalid', message: 'ipv4 pool is empty' };
    await assert.rejects(lab.network.createNetwork(nullAddressed(driver)), refusal);
  }
  const v6 = lab.network.createNetwork(nullAddressed('', { ipv4: false, ipv6: true }));
  await assert.rejects(v6, { kind: 'invalid', message: 'ipv6 pool is empty' });
  const wish = { driver: 'null', options: {}, pools: [{ subnet: '10.9.0.0/24' }] };
  await assert.rejects(lab.network.createNetwork(nullAddressed('plug', { ipam: wish })), {
    kind: 'invalid',
    message: 'null ipam driver does not handle specific address pool requests',
  });
  const network = await lab.network.createNetwork(nullAddressed('plug'));
  assert.deepEqual(network.ipam.pools, [{ subnet: '0.0.0.0/0', automatic: true }]);
  const created = plugin.calls().findLast(({ method }) => method === 'NetworkDriver.CreateNetwork')!.body;
  assert.deepEqual(created['IPv4Data'], [{ AddressSpace: 'null', Pool: '0.0.0.0/0' }]);
  await lab.network.createNetwork(networkCreate('other'));
  await lab.up(a, ['bare']);
  assert.equal(lab.network.endpointsOf(a)[0]!.lease!.ipv4, undefined);
  assert.equal(lab.inside(a, 'ip', '-4', 'address', 'show', 'dev', 'eth0'), '');
  const asked = lab.network.connect(b, 'bare', endpoint({ ipv4: '10.9.0.5' }));
  await assert.rejects(asked, { kind: 'invalid', message: /no configured subnet contains IP address 10.9.0.5/ });
  await lab.restart();
  await lab.network.sandboxDown(a);
  await lab.network.removeNetwork('bare');
});
