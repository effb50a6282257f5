import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { engineForFile } from './engine.ts';
import { connectRows } from './network-refusals/connect.ts';
import { containerRows } from './network-refusals/containers.ts';
import { networkRows } from './network-refusals/networks.ts';
import { image } from './network-refusals/row.ts';

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

test('what the refusals are tried against is there', async () => {
  const { engine } = bench;
  await engine.ok('network', 'create', '--subnet', '10.46.0.0/24', 'shop');
  await engine.ok('network', 'create', '--subnet', '10.47.0.0/24', 'store');
  await engine.ok('network', 'create', '--config-only', '--subnet', '10.48.0.0/24', 'setup');
  await engine.ok('network', 'create', '--config-from', 'setup', 'made');
  await engine.ok('run', '-d', '--name', 'runs', '--network', 'shop', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'hosted', '--network', 'host', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'lonely', '--network', 'none', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'guest', '--network', 'container:runs', 'busybox', 'sleep', '1000');
  await engine.ok('create', '--name', 'stopped', '--network', 'shop', 'busybox', 'sleep', '1000');
});

const rows = [...networkRows, ...connectRows, ...containerRows];

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
  assert.equal(told, 'shop\nstore\nsetup\nmade');
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
  assert.deepEqual(networks, ['bridge', 'host', 'made', 'none', 'setup', 'shop', 'store']);
});
