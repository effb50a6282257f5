import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, endpoint, type NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';
import { startPlugin } from './plugin-lab.ts';

const a = containerId('a');
const b = containerId('b');

const plugNet = (name: string, options: Record<string, string> = {}): ReturnType<typeof networkCreate> =>
  networkCreate(name, { driver: 'plug', options });

/** Links of the lab's host that the plugin made. */
const plugLinks = (lab: NetworkLab): readonly unknown[] =>
  lab
    .ipJson('link show')
    .map(({ ifname }) => `${ifname}`)
    .filter((name) => /^p(lug|i|o)/.test(name));

const without = (methods: readonly string[], ...left: string[]): string[] =>
  methods.filter((method) => !left.includes(method)).map((method) => method.split('.')[1]!);

test('a plugin’s network joins two containers and leads them out, and nothing is left of it', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  const network = await lab.network.createNetwork(plugNet('far', { colour: 'blue', prefix: 'net' }));
  assert.equal(network.scope, 'local');
  const created = plugin.calls().find(({ method }) => method === 'NetworkDriver.CreateNetwork')!.body;
  assert.equal(created['NetworkID'], network.id);
  const { subnet, gateway } = network.ipam.pools[0]!;
  const pool = { AddressSpace: 'LocalDefault', Pool: subnet, Gateway: `${gateway}/16` };
  assert.deepEqual(created['IPv4Data'], [pool]);

  await lab.up(a, ['far']);
  await lab.up(b, ['far']);
  const [link] = lab.insideJson(a, 'link show dev net0');
  const { lease } = lab.network.endpointsOf(a)[0]!;
  assert.equal(link!['address'], lease!.mac, 'the plugin’s own hardware address');
  assert.match(lease!.mac, /^0a:77:/);
  assert.ok(lab.pings(a, lab.address(b, 'far')), 'container to container');
  assert.ok(lab.pings(a, gateway!), 'container to gateway');
  const routes = lab.insideJson(a, 'route show').map(({ dst, gateway: via, dev }) => `${dst} ${via ?? '-'} ${dev}`);
  assert.deepEqual(routes.sort(), [`${subnet} - net0`, '198.51.100.0/24 - net0', `default ${gateway} net0`].sort());

  plugin.forgetCalls();
  await lab.network.sandboxDown(a);
  const ending = ['RevokeExternalConnectivity', 'Leave', 'DeleteEndpoint'];
  assert.deepEqual(without(plugin.methods()), ending);
  await assert.rejects(lab.network.removeNetwork('far'), { kind: 'forbidden', message: /has active endpoints/ });
  await lab.network.sandboxDown(b);
  await lab.network.removeNetwork('far');
  assert.deepEqual(plugLinks(lab), []);
  assert.deepEqual(plugin.state().endpoints, {});
  assert.deepEqual(
    lab.store.networks
      .all()
      .map(({ owed }) => owed)
      .filter(Boolean),
    [],
  );
  assert.deepEqual(lab.mends, []);
});

test('connect() and disconnect() of a running container go through the plugin; the default route moves', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  await lab.network.createNetwork(plugNet('alpha'));
  await lab.up(a, ['bridge']);
  await lab.up(b, ['alpha']);
  plugin.forgetCalls();
  await lab.network.connect(a, 'alpha', endpoint());
  assert.deepEqual(without(plugin.methods()), ['CreateEndpoint', 'Join', 'ProgramExternalConnectivity']);
  assert.ok(lab.pings(a, lab.address(b, 'alpha')));
  const way = (): unknown[] => lab.insideJson(a, 'route show default').map(({ dev }) => dev);
  assert.deepEqual(way(), ['eth1'], 'alpha comes before bridge');
  await lab.network.disconnect(a, 'alpha');
  assert.deepEqual(way(), ['eth0']);
  assert.deepEqual(
    lab.insideJson(a, 'link show').map(({ ifname }) => ifname),
    ['lo', 'eth0'],
  );
  assert.equal(Object.keys(plugin.state().endpoints).length, 1);
  assert.deepEqual(lab.mends, []);
});

test('what fails at any step is undone, and told in the plugin’s words', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  const failing = (method: string): Promise<unknown> =>
    lab.network.createNetwork(plugNet(`a-fails-${method}`, { fail: method }));
  await assert.rejects(failing('CreateNetwork'), { kind: 'internal', message: 'remote: CreateNetwork fails as asked' });
  assert.equal(
    lab.network.networks().some(({ name }) => name === 'a-fails-CreateNetwork'),
    false,
  );
  for (const method of ['CreateEndpoint', 'Join', 'ProgramExternalConnectivity']) {
    await failing(method);
    const name = `a-fails-${method}`;
    await assert.rejects(lab.up(a, [name]), { message: new RegExp(`${method} fails as asked`) }, method);
    assert.equal(lab.network.sandboxOf(a), undefined);
    assert.equal(lab.network.endpointsOf(a)[0]!.lease, undefined);
    await lab.network.forget(a);
    await lab.up(a, ['bridge']);
    await assert.rejects(lab.network.connect(a, name, endpoint()), { message: new RegExp(`${method} fails as asked`) });
    assert.equal(lab.network.endpointsOf(a).length, 1, 'not attached');
    assert.deepEqual(
      lab.insideJson(a, 'link show').map(({ ifname }) => ifname),
      ['lo', 'eth0'],
    );
    await lab.network.forget(a);
    await lab.network.removeNetwork(name);
  }
  assert.deepEqual(plugin.state(), { networks: {}, endpoints: {}, pools: {}, forgets: false });
  assert.deepEqual(plugLinks(lab), []);
  const absent = lab.network.createNetwork(networkCreate('x', { driver: 'absent' }));
  await assert.rejects(absent, { kind: 'not-found', message: /plugin "absent" not found/ });
});

test('without its plugin the engine starts, repairs, ends containers and removes networks', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  await lab.network.createNetwork(plugNet('far'));
  await lab.network.createNetwork(plugNet('gone'));
  await lab.up(a, ['far']);
  await lab.up(b, ['far', 'bridge']);
  await plugin.kill();
  await lab.restart();
  assert.ok(lab.pings(a, lab.address(b, 'far')), 'the sandboxes go on');
  lab.inside(a, 'ip', 'address', 'flush', 'dev', 'eth0');
  const { restored } = await lab.network.repair();
  assert.match(restored.join('\n'), /added address .* to eth0/);
  assert.ok(lab.pings(a, lab.address(b, 'far')), 'repaired from the records');

  const start = performance.now();
  await lab.network.sandboxDown(a);
  await lab.network.disconnect(b, 'far');
  await lab.network.removeNetwork('gone');
  assert.ok(performance.now() - start < 5000, 'nobody waits for who does not listen');
  assert.equal(lab.network.network('far').owed?.length, 2);
  assert.equal(Object.keys(plugin.state().endpoints).length, 2, 'the plugin knows them still');
  await lab.restart();

  await plugin.launch();
  await lab.up(a, ['far']);
  assert.equal(lab.network.network('far').owed, undefined, 'it was told before it made the next');
  assert.equal(Object.keys(plugin.state().endpoints).length, 1);
  await lab.network.sandboxDown(a);
  await lab.network.removeNetwork('far');
});

test('an interface that vanished is left out by repair, and the rest goes on', async (t) => {
  const { lab } = await startPlugin(t);
  await lab.network.createNetwork(plugNet('far'));
  await lab.up(a, ['far']);
  await lab.up(b, ['bridge']);
  const outer = plugLinks(lab).find((name) => `${name}`.startsWith('po'));
  lab.ip(`link del ${outer}`);
  lab.inside(b, 'ip', 'address', 'flush', 'dev', 'eth0');
  await lab.restart();
  assert.deepEqual(
    lab.insideJson(a, 'link show').map(({ ifname }) => ifname),
    ['lo'],
  );
  assert.ok(lab.pings(b, '172.17.0.1'));
  await lab.network.sandboxDown(a);
});

test('killed while a plugin was asked: the next start undoes what was not finished', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  await lab.network.createNetwork(plugNet('far'));
  await lab.network.createNetwork(plugNet('half'));
  await lab.up(a, ['far']);
  const [record] = lab.store.endpoints.all();
  const half = lab.network.network('half');
  const { plugin: _, ...lease } = record!.lease!;
  lab.store.networks.put({ ...half, unfinished: true });
  // As of a connect of a running container that has no answer yet.
  const begun = { ...record!, id: 'e'.repeat(64), networkId: half.id, order: 1, lease, provisional: true as const };
  lab.store.endpoints.put(begun);
  await lab.restart();
  const isGone = () => !lab.store.networks.all().some(({ name }) => name === 'half');
  await until('the end of the half-made network', isGone, { withinMs: 5000, everyMs: 25 });
  assert.equal(lab.network.endpointsOf(a).length, 1);
  assert.equal(Object.keys(plugin.state().networks).length, 1);
  assert.ok(plugin.methods().includes('NetworkDriver.DeleteEndpoint'));
});

test('a gateway that the plugin needs not is not taken; published ports are told to it, and are none of ours', async (t) => {
  const { lab, plugin } = await startPlugin(t);
  const network = await lab.network.createNetwork(plugNet('far', { gateway: 'skip' }));
  assert.deepEqual(
    network.ipam.pools.map(({ gateway }) => gateway),
    [undefined],
  );
  const check = plugin.calls().find(({ method }) => method === 'NetworkDriver.GwAllocCheck')!.body;
  assert.deepEqual(check['Options'], {
    'com.docker.network.generic': { gateway: 'skip' },
    'com.docker.network.enable_ipv4': true,
    'com.docker.network.enable_ipv6': false,
  });
  await lab.network.createNetwork(plugNet('out'));
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_090, hostPortLast: 18_090 } as const;
  await lab.up(a, ['out'], { ports: [port] });
  assert.deepEqual(lab.network.sandboxOf(a)!.sandbox.ports, [], 'what became of them, no plugin says');
  for (const method of ['CreateEndpoint', 'Join', 'ProgramExternalConnectivity']) {
    const { body } = plugin.calls().find((call) => call.method === `NetworkDriver.${method}`)!;
    assert.deepEqual((body['Options'] as Record<string, unknown>)['com.docker.network.portmap'], [
      { Proto: 6, IP: '', Port: 80, HostIP: '', HostPort: 18_090, HostPortEnd: 18_090 },
    ]);
  }
  assert.ok(!lab.warnings.some((line) => /not published/.test(line)));
});
