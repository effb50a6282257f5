import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortId } from '../../src/base/index.ts';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const a = containerId('a');
const b = containerId('b');

const pool = (subnet: string): Parameters<typeof networkCreate>[1] => ({
  ipam: { driver: '', options: {}, pools: [{ subnet }] },
});

test('createNetwork() refuses names, drivers and subnets as Docker does, and leaves nothing', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front', pool('10.5.0.0/24')));
  const links = lab.ipJson('link show').length;
  const refused = (
    request: Parameters<typeof networkCreate>,
    error: { kind: string; message: string | RegExp },
  ): Promise<void> => assert.rejects(lab.network.createNetwork(networkCreate(...request)), error);
  await refused([''], { kind: 'invalid', message: 'invalid name: name is empty' });
  await refused(['front'], { kind: 'conflict', message: 'network with name front already exists' });
  for (const name of ['bridge', 'host', 'none', 'default']) {
    await refused([name], {
      kind: 'forbidden',
      message: `operation is not permitted on predefined ${name} network `,
    });
  }
  await refused(['x', { driver: 'host' }], {
    kind: 'forbidden',
    message: 'only one instance of "host" network is allowed',
  });
  await refused(['x', { driver: 'null' }], {
    kind: 'forbidden',
    message: 'only one instance of "null" network is allowed',
  });
  await refused(['x', { driver: 'nope' }], { kind: 'not-found', message: /plugin "nope" not found/ });
  await refused(['x', pool('10.5.0.128/25')], {
    kind: 'forbidden',
    message: /^invalid pool request: Pool overlaps with other one on this address space/,
  });
  await refused(['x', pool('10.5.0.1/24')], {
    kind: 'invalid',
    message: 'invalid network config:\ninvalid subnet 10.5.0.1/24: it should be 10.5.0.0/24',
  });
  await refused(['x', { options: { 'com.docker.network.bridge.name': 'lo' } }], {
    kind: 'conflict',
    message: 'existing interface lo is not a bridge',
  });
  assert.equal(lab.ipJson('link show').length, links);
  assert.equal(lab.network.networks().length, 4);
});

test('two requests for one name make one network', async (t) => {
  const lab = await NetworkLab.start(t);
  const results = await Promise.allSettled([1, 2, 3].map(() => lab.network.createNetwork(networkCreate('same'))));
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected']);
  assert.equal(lab.ipJson('link show type bridge').length, 2);
});

test('removeNetwork() refuses the predefined and those in use, and answers when the bridge is gone', async (t) => {
  const lab = await NetworkLab.start(t);
  const { id } = await lab.network.createNetwork(networkCreate('front'));
  await lab.up(a, ['front']);
  await assert.rejects(lab.network.removeNetwork('bridge'), {
    kind: 'forbidden',
    message: 'bridge is a pre-defined network and cannot be removed',
  });
  await assert.rejects(lab.network.removeNetwork('gone'), { kind: 'not-found', message: 'network gone not found' });
  const endpointId = shortId(lab.network.endpointsOf(a)[0]!.id);
  await assert.rejects(lab.network.removeNetwork('front'), {
    kind: 'forbidden',
    message: `error while removing network: network front has active endpoints (name:"c-aaaa" id:"${endpointId}")`,
  });
  await lab.network.sandboxDown(a);
  await lab.network.removeNetwork(id.slice(0, 8));
  assert.deepEqual(
    lab.ipJson<{ ifname: string }>('link show type bridge').map(({ ifname }) => ifname),
    ['docker0'],
  );
  assert.deepEqual(lab.network.endpointsOf(a), []);
  await assert.rejects(lab.network.sandboxUp(lab.sandbox(a)), {
    kind: 'not-found',
    message: `network ${id} not found: it was front, and was removed while the container was down; connect the container to a network of that name, or make it anew`,
  });
});

test('a name can be taken again while its network is still going', async (t) => {
  const lab = await NetworkLab.start(t);
  const options = { 'com.docker.network.bridge.name': 'again' };
  await lab.network.createNetwork(networkCreate('front', { options }));
  const [, made] = await Promise.all([
    lab.network.removeNetwork('front'),
    lab.network.createNetwork(networkCreate('front', { options })),
  ]);
  assert.equal(lab.ipJson('link show again')[0]!['ifalias'], `portolan-lab:network:${made.id}`);
});

test('connect() refuses what Docker refuses', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(a, ['front']);
  const refused = (id: string, network: string, message: string, more = {}): Promise<void> =>
    assert.rejects(lab.network.connect(id, network, endpoint(more)), { message });
  await refused(a, 'front', 'endpoint with name c-aaaa already exists in network front');
  await refused(a, 'host', 'cannot connect container to host network - container must be created in host network mode');
  await refused(
    a,
    'none',
    'container cannot be connected to multiple networks with one of the networks in private (none) mode',
  );
  const settings = 'invalid endpoint settings:\n';
  await refused(b, 'front', `${settings}no configured subnet contains IP address 10.1.1.1`, { ipv4: '10.1.1.1' });
  await refused(b, 'front', `${settings}invalid IPv4 address: 1.2.3`, { ipv4: '1.2.3' });
  await refused(b, 'bridge', `${settings}user-specified IP address is supported on user-defined networks only`, {
    ipv4: '172.17.0.9',
  });
  await refused(b, 'bridge', 'network-scoped aliases are only supported for user-defined networks', {
    aliases: ['db'],
  });
  await lab.network.connect(b, 'host', endpoint());
  await refused(
    b,
    'front',
    'container sharing network namespace with another container or host cannot be connected to any other network',
  );
  await assert.rejects(lab.network.disconnect(b, 'host'), {
    kind: 'invalid',
    message: 'cannot disconnect container from host network - container was created in host network mode',
  });
  await assert.rejects(lab.network.disconnect(a, 'bridge'), {
    kind: 'internal',
    message: `container ${a} is not connected to network bridge`,
  });
});

test('a taken host port is refused by name, and the sandbox is undone', async (t) => {
  const lab = await NetworkLab.start(t);
  const ports = [
    { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_082, hostPortLast: 18_082 },
  ] as const;
  await lab.up(a, ['bridge'], { ports });
  await lab.network.connect(b, 'bridge', endpoint());
  await assert.rejects(lab.network.sandboxUp({ ...lab.sandbox(b), ports }), {
    message: /Bind for .*:18082 failed: port is already allocated/,
  });
  assert.ok(lab.strayPins() <= 1);
  assert.equal(lab.network.endpointsOf(b)[0]!.lease, undefined);
});

test('an existing bridge is used and outlives its network', async (t) => {
  const lab = await NetworkLab.start(t);
  lab.ip('link add mine type bridge');
  const options = { 'com.docker.network.bridge.name': 'mine' };
  await lab.network.createNetwork(networkCreate('front', { options }));
  await lab.up(a, ['front']);
  assert.ok(lab.pings(a, '172.18.0.1'));
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  await lab.network.forget(a);
  await lab.network.removeNetwork('front');
  assert.equal(lab.ipJson('link show mine').length, 1);
  assert.doesNotMatch(lab.ip('-4 addr show mine'), /172\.18/);
  assert.equal(lab.mends.length, 1, 'the kernel had a bridge that nobody expected');
});

test('start() leaves a docker0 that somebody else made alone, and keeps to the name it took instead', async (t) => {
  const lab = await NetworkLab.open(t);
  lab.ip('link add docker0 type bridge');
  for (const _start of [1, 2]) {
    await lab.restart();
    assert.equal(lab.network.network('bridge').options['com.docker.network.bridge.name'], 'portolan0');
    assert.doesNotMatch(lab.ip('-4 addr show docker0'), /inet /);
  }
});

test('a changed --bip moves the default network, and removing the flag chooses anew', async (t) => {
  const lab = await NetworkLab.start(t);
  const address = (): string[] =>
    lab
      .ipJson<{ addr_info: { local: string }[] }>('-4 addr show docker0')
      .flatMap(({ addr_info }) => addr_info.map(({ local }) => local));
  const { id } = lab.network.network('bridge');
  assert.deepEqual(address(), ['172.17.0.1']);
  await lab.restart({ bip: '10.77.0.1/24', mtu: 1400 });
  assert.deepEqual(address(), ['10.77.0.1']);
  assert.equal(lab.ipJson('link show docker0')[0]!['mtu'], 1400);
  assert.equal(lab.network.network('bridge').id, id);
  assert.equal(lab.network.network('bridge').options['com.docker.network.driver.mtu'], '1400');
  await lab.restart();
  assert.deepEqual(address(), ['172.17.0.1']);
  await lab.restart({ bridge: 'none' });
  assert.throws(() => lab.network.network('bridge'), { kind: 'not-found' });
  assert.equal(lab.ipJson('link show type bridge').length, 0);
});
