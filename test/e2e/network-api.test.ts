import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { engineForFile } from './engine.ts';

const bench = engineForFile();

type Answer = { readonly status: number; readonly body: string };

/** A body that is a text goes out as it is. */
function ask(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const headers = body === undefined ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) };
  const sent = request({ socketPath: bench.engine.socket, method, path, headers }, (response) => {
    let answer = '';
    response.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: answer }));
  });
  sent.on('error', reject);
  sent.end(text);
  return promise;
}

const image = 'busybox';
test('what the refusals are tried against is there', async () => {
  const { engine } = bench;
  await engine.ok('network', 'create', '--subnet', '10.46.0.0/24', 'shop');
  await engine.ok('network', 'create', '--subnet', '10.47.0.0/24', 'store');
  await engine.ok('run', '-d', '--name', 'runs', '--network', 'shop', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'hosted', '--network', 'host', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'lonely', '--network', 'none', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'guest', '--network', 'container:runs', 'busybox', 'sleep', '1000');
  await engine.ok('create', '--name', 'stopped', '--network', 'shop', 'busybox', 'sleep', '1000');
});

type Row = readonly [
  method: string,
  path: string,
  body: unknown,
  status: number,
  message: string | RegExp,
  type?: string,
];

const connect = (network: string, Container: string, more: object = {}): [string, string, object] => [
  'POST',
  `/networks/${network}/connect`,
  { Container, ...more },
];
const createWith = (more: object): [string, string, object] => [
  'POST',
  '/containers/create?name=refused',
  { Image: image, ...more },
];
const sharing = { HostConfig: { NetworkMode: 'container:runs' } };
const shared = (config: object, host: object = {}): [string, string, object] =>
  createWith({ ...config, HostConfig: { ...sharing.HostConfig, ...host } });
const atNetwork = (config: object, mode = 'shop', network = mode): [string, string, object] =>
  createWith({ HostConfig: { NetworkMode: mode }, NetworkingConfig: { EndpointsConfig: { [network]: config } } });

const inUse = /^error while removing network: network shop has active endpoints \(name:"runs" id:"[0-9a-f]{12}"\)$/;
const notConnected = /^container [0-9a-f]{64} is not connected to network store$/;
const notConnectedStopped = /^container [0-9a-f]{64} is not connected to the network store$/;
const sharesAnother =
  'container sharing network namespace with another container or host cannot be connected to any other network';
const privateMode =
  'container cannot be connected to multiple networks with one of the networks in private (none) mode';
const invalidEndpoint = 'invalid config for network shop: invalid endpoint settings:\n';

const rows: readonly Row[] = [
  [
    'POST',
    '/networks/create',
    '{"Name":"x"}',
    400,
    "unsupported Content-Type header (text/plain): must be 'application/json'",
    'text/plain',
  ],
  [
    'POST',
    '/networks/create',
    '{invalid json',
    400,
    "invalid JSON: invalid character 'i' looking for beginning of object key string",
  ],
  ['POST', '/networks/create', '{"Name":"x"} trailing', 400, 'unexpected content after JSON'],
  ['POST', '/networks/create', ' ', 400, 'invalid JSON: got EOF while reading request body'],
  [
    'POST',
    '/networks/shop/connect',
    '{invalid json',
    400,
    "invalid JSON: invalid character 'i' looking for beginning of object key string",
  ],
  ['POST', '/networks/shop/disconnect', '{} {}', 400, 'unexpected content after JSON'],
  ['POST', '/networks/create', { Name: '' }, 400, 'invalid name: name is empty'],
  ['POST', '/networks/create', { Name: 'shop' }, 409, 'network with name shop already exists'],
  ['POST', '/networks/create', { Name: 'bridge' }, 403, 'operation is not permitted on predefined bridge network '],
  ['POST', '/networks/create', { Name: 'default' }, 403, 'operation is not permitted on predefined default network '],
  ['POST', '/networks/create', { Name: 'x', Driver: 'host' }, 403, 'only one instance of "host" network is allowed'],
  ['POST', '/networks/create', { Name: 'x', Driver: 'null' }, 403, 'only one instance of "null" network is allowed'],
  ['POST', '/networks/create', { Name: 'x', Driver: 'nosuch' }, 404, /plugin "nosuch" not found/],
  ['POST', '/networks/create', { Name: 'x', IPAM: { Driver: 'nosuch' } }, 404, /^plugin "nosuch" not found/],
  ['GET', '/networks/nosuch', undefined, 404, 'network nosuch not found'],
  ['GET', '/networks/shop?verbose=perhaps', undefined, 400, /^invalid value for verbose: perhaps/],
  ['GET', '/networks/shop?scope=swarm', undefined, 404, 'network shop not found'],
  ['GET', '/networks?filters={"nosuch":["1"]}', undefined, 400, "invalid filter 'nosuch'"],
  [
    'GET',
    '/networks?filters={"dangling":["perhaps"]}',
    undefined,
    400,
    `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`,
  ],
  [
    'GET',
    '/networks?filters={"dangling":["1","0"]}',
    undefined,
    400,
    'got more than one value for filter key "dangling"',
  ],
  ['GET', '/networks?filters={"type":["odd"]}', undefined, 400, "invalid filter: 'type'='odd'"],
  ['DELETE', '/networks/nosuch', undefined, 404, 'network nosuch not found'],
  ['DELETE', '/networks/host', undefined, 403, 'host is a pre-defined network and cannot be removed'],
  ['DELETE', '/networks/shop', undefined, 403, inUse],
  ['POST', '/networks/prune?filters={"until":["1h","2h"]}', undefined, 400, 'more than one until filter specified'],
  ['POST', '/networks/prune?filters={"nosuch":["1"]}', undefined, 400, "invalid filter 'nosuch'"],
  [...connect('nosuch', 'runs'), 404, 'network nosuch not found'],
  [...connect('store', 'nosuch'), 404, 'No such container: nosuch'],
  [...connect('shop', 'runs'), 403, 'endpoint with name runs already exists in network shop'],
  [
    ...connect('host', 'runs'),
    400,
    'cannot connect container to host network - container must be created in host network mode',
  ],
  [...connect('store', 'hosted'), 400, sharesAnother],
  [...connect('store', 'guest'), 400, sharesAnother],
  [...connect('store', 'lonely'), 400, privateMode],
  [...connect('none', 'runs'), 400, privateMode],
  [
    ...connect('bridge', 'runs', { EndpointConfig: { Aliases: ['x'] } }),
    400,
    'network-scoped aliases are only supported for user-defined networks',
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { IPAMConfig: { IPv4Address: '10.48.0.2' } } }),
    400,
    'invalid endpoint settings:\nno configured subnet contains IP address 10.48.0.2',
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { IPAMConfig: { IPv4Address: 'nonsense' } } }),
    400,
    'invalid endpoint settings:\ninvalid IPv4 address: nonsense',
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { IPAMConfig: { IPv6Address: 'nonsense' } } }),
    400,
    'invalid endpoint settings:\ninvalid IPv6 address: nonsense',
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { IPAMConfig: { LinkLocalIPs: ['nonsense'] } } }),
    400,
    'invalid endpoint settings:\ninvalid link-local IP address: nonsense',
  ],
  ['POST', '/networks/store/disconnect', { Container: 'runs' }, 500, notConnected],
  ['POST', '/networks/store/disconnect', { Container: 'stopped' }, 500, notConnectedStopped],
  ['POST', '/networks/store/disconnect', { Container: 'nosuch' }, 404, 'No such container: nosuch'],
  [
    'POST',
    '/networks/host/disconnect',
    { Container: 'hosted' },
    400,
    'cannot disconnect container from host network - container was created in host network mode',
  ],
  [
    ...createWith({ HostConfig: { NetworkMode: 'container:' } }),
    400,
    'invalid network mode: invalid container format container:<name|id>',
  ],
  [
    ...createWith({ HostConfig: { NetworkMode: 'host', Links: ['runs:r'] } }),
    400,
    "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
  ],
  [
    ...createWith({ Hostname: 'h', HostConfig: { UTSMode: 'host' } }),
    400,
    'conflicting options: hostname and the UTS mode',
  ],
  [...shared({ Hostname: 'h' }), 400, 'conflicting options: hostname and the network mode'],
  [
    ...shared({}, { Links: ['runs:r'] }),
    400,
    "conflicting options: container type network can't be used with links. This would result in undefined behavior",
  ],
  [...shared({}, { Dns: ['1.1.1.1'] }), 400, 'conflicting options: dns and the network mode'],
  [
    ...shared({}, { ExtraHosts: ['a:1.1.1.1'] }),
    400,
    'conflicting options: custom host-to-IP mapping and the network mode',
  ],
  [
    ...shared({}, { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } }),
    400,
    'conflicting options: port publishing and the container type network mode',
  ],
  [
    ...shared({}, { PublishAllPorts: true }),
    400,
    'conflicting options: port publishing and the container type network mode',
  ],
  [
    ...shared({ ExposedPorts: { '80/tcp': {} } }),
    400,
    'conflicting options: port exposing and the container type network mode',
  ],
  [...createWith({ HostConfig: { NetworkMode: 'container:nosuch' } }), 400, 'No such container: nosuch'],
  [...createWith({ HostConfig: { NetworkMode: 'nosuch' } }), 400, 'network nosuch not found'],
  [
    ...createWith({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: 'x' }] } } }),
    400,
    /^invalid port specification: "x"/,
  ],
  [
    ...createWith({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '90-80' }] } } }),
    400,
    /^invalid port range: 90-80/,
  ],
  [
    ...atNetwork({ IPAMConfig: { IPv4Address: '172.17.0.9' } }, 'default', 'bridge'),
    400,
    'invalid config for network bridge: invalid endpoint settings:\nuser-specified IP address is supported on user-defined networks only',
  ],
  [
    ...atNetwork({ IPAMConfig: { IPv4Address: '10.48.0.2' } }),
    400,
    `${invalidEndpoint}no configured subnet contains IP address 10.48.0.2`,
  ],
  [
    ...atNetwork({ IPAMConfig: { IPv4Address: 'x', IPv6Address: 'y' } }),
    400,
    `${invalidEndpoint}invalid IPv4 address: x\ninvalid IPv6 address: y`,
  ],
  [...atNetwork({}, 'host', 'shop'), 400, sharesAnother],
  [...atNetwork({}, 'none', 'shop'), 400, privateMode],
  [
    'POST',
    '/v1.43/containers/create?name=refused',
    { Image: image, NetworkingConfig: { EndpointsConfig: { shop: {}, store: {} } } },
    400,
    'Container cannot be created with multiple network endpoints: shop, store',
  ],
  [
    'POST',
    '/v1.43/containers/create?name=refused',
    { Image: image, MacAddress: '02:42:ac:11:00:09', HostConfig: { NetworkMode: 'host' } },
    400,
    'conflicting options: mac-address and the network mode',
  ],
];

for (const [method, path, body, status, message, type] of rows) {
  const shown = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  test(`${method} ${path} ${shown.slice(0, 140)} is refused as by Docker`, async () => {
    const answer = await ask(method, encodeURI(path), body, type);
    const text = (JSON.parse(answer.body) as { message: string }).message;
    if (typeof message === 'string') assert.equal(text, message);
    else assert.match(text, message);
    assert.equal(answer.status, status, text);
  });
}

test('what a start cannot have is said in Docker’s words, and the container stays as it was', async () => {
  const { engine } = bench;
  await engine.ok(
    'run',
    '-d',
    '--name',
    'first',
    '--network',
    'shop',
    '--ip',
    '10.46.0.77',
    '-p',
    '8123:80',
    'busybox',
    'sleep',
    '1000',
  );
  await engine.ok('create', '--name', 'port', '-p', '8123:80', 'busybox', 'sleep', '1000');
  await engine.ok('create', '--name', 'address', '--network', 'shop', '--ip', '10.46.0.77', 'busybox', 'sleep', '1000');
  const start = async (name: string): Promise<[number, string]> => {
    const { status, body } = await ask('POST', `/containers/${name}/start`);
    return [status, (JSON.parse(body) as { message: string }).message];
  };
  const [portStatus, port] = await start('port');
  assert.match(
    port,
    /^failed to set up container networking: driver failed programming external connectivity on endpoint port \([0-9a-f]{64}\): Bind for 0\.0\.0\.0:8123 failed: port is already allocated/,
  );
  assert.equal(portStatus, 500);
  const [addressStatus, address] = await start('address');
  assert.match(address, /^failed to set up container networking: Address already in use/);
  assert.equal(addressStatus, 403);
  assert.equal(await engine.ok('inspect', '-f', '{{.State.Status}}', 'port', 'address'), 'created\ncreated');
  await engine.ok('rm', '-f', 'first', 'port', 'address');
});

test('events since 0 are all that are remembered', async () => {
  const told = await bench.engine.ok(
    'events',
    '--since',
    '0',
    '--until',
    (Date.now() / 1000).toFixed(3),
    '--filter',
    'type=network',
    '--filter',
    'event=create',
    '--format',
    '{{.Actor.Attributes.name}}',
  );
  assert.equal(told, 'shop\nstore');
});

test('the list of networks has a second path, and IPv4 is left out only by those who know that it can be', async () => {
  const { engine } = bench;
  assert.equal((await ask('GET', '/v1.45/networks/')).body, (await ask('GET', '/v1.45/networks')).body);
  const body = { Name: 'six', EnableIPv4: false, EnableIPv6: true };
  for (const [version, shown] of [
    ['1.47', 'true'],
    ['1.48', 'false'],
  ] as const) {
    const made = await ask('POST', `/v${version}/networks/create`, body);
    assert.equal(made.status, 201, made.body);
    assert.equal(await engine.ok('network', 'inspect', '-f', '{{.EnableIPv4}}', 'six'), shown);
    await engine.ok('network', 'rm', 'six');
  }
});

test('settings of eth0 are the main network’s for clients up to 1.47, and refused with the way out after', async () => {
  const { engine } = bench;
  const option = 'com.docker.network.endpoint.sysctls';
  const HostConfig = { NetworkMode: 'shop', Sysctls: { 'net.ipv4.conf.eth0.log_martians': '1' } };
  const body = { Image: image, Cmd: ['sleep', '1000'], HostConfig };
  const made = await ask('POST', '/v1.47/containers/create?name=tuned', body);
  assert.equal(made.status, 201, made.body);
  assert.match(made.body, /Migrated sysctl net\.ipv4\.conf\.eth0\.log_martians/);
  await engine.ok('start', 'tuned');
  assert.equal(await engine.ok('exec', 'tuned', 'cat', '/proc/sys/net/ipv4/conf/eth0/log_martians'), '1');
  assert.deepEqual(
    JSON.parse(await engine.ok('inspect', '-f', '{{json .NetworkSettings.Networks.shop.DriverOpts}}', 'tuned')),
    {
      [option]: 'net.ipv4.conf.IFNAME.log_martians=1',
    },
  );
  await engine.ok('rm', '-f', 'tuned');
  const refused = await ask('POST', '/v1.48/containers/create?name=tuned', body);
  assert.equal(refused.status, 400);
  assert.match(
    refused.body,
    /interface specific sysctl setting \\"net\.ipv4\.conf\.eth0\.log_martians\\" must be supplied using driver option 'com\.docker\.network\.endpoint\.sysctls'/,
  );
  const flag = `name=shop,driver-opt=${option}=net.ipv4.conf.IFNAME.log_martians=1`;
  const value = ['cat', '/proc/sys/net/ipv4/conf/eth0/log_martians'];
  assert.equal(await engine.ok('run', '--rm', '--network', flag, 'busybox', ...value), '1');
});

test('what was refused left nothing behind', async () => {
  const { engine } = bench;
  const names = (await engine.ok('ps', '-a', '--format', '{{.Names}}')).split('\n').sort();
  assert.deepEqual(names, ['guest', 'hosted', 'lonely', 'runs', 'stopped']);
  const networks = (await engine.ok('network', 'ls', '--format', '{{.Name}}')).split('\n').sort();
  assert.deepEqual(networks, ['bridge', 'host', 'none', 'shop', 'store']);
});
