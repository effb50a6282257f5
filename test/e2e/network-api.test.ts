import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { engineForFile } from './engine.ts';
import { listRows, madeRows } from './network-refusals/answers.ts';
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

const shownOf = async (name: string): Promise<object> => {
  const answer = await ask('GET', `/networks/${name}`);
  assert.equal(answer.status, 200);
  return JSON.parse(answer.body) as object;
};

for (const [body, shown, absent = []] of madeRows) {
  test(`a network as asked: ${JSON.stringify(body)}`, async () => {
    const answer = await ask('POST', '/networks/create', { Name: 'asked', ...body });
    assert.equal(answer.status, 201, answer.body);
    assert.deepEqual(Object.keys(JSON.parse(answer.body) as object), ['Id', 'Warning']);
    const found = await shownOf('asked');
    assert.partialDeepStrictEqual(found, shown);
    for (const word of absent) assert.ok(!JSON.stringify(found).includes(`"${word}"`), word);
    assert.deepEqual(await ask('DELETE', '/networks/asked'), { status: 204, body: '' });
  });
}

for (const [filters, names] of listRows) {
  test(`networks filtered by ${JSON.stringify(filters)} are ${names.join(', ') || 'none'}`, async () => {
    const answer = await ask('GET', encodeURI(`/networks?filters=${JSON.stringify(filters)}`));
    assert.equal(answer.status, 200);
    const found = JSON.parse(answer.body) as { Name: string; Containers?: object }[];
    assert.deepEqual(found.map(({ Name }) => Name).sort(), names);
    for (const { Containers = {} } of found) assert.deepEqual(Containers, {});
  });
}

test('the default network has Docker’s options, and inspect Docker’s keys', async () => {
  const prefix = 'com.docker.network';
  assert.partialDeepStrictEqual(await shownOf('bridge'), {
    Options: {
      [`${prefix}.bridge.default_bridge`]: 'true',
      [`${prefix}.bridge.enable_icc`]: 'true',
      [`${prefix}.bridge.enable_ip_masquerade`]: 'true',
      [`${prefix}.bridge.host_binding_ipv4`]: '0.0.0.0',
      [`${prefix}.bridge.name`]: 'docker0',
      [`${prefix}.driver.mtu`]: '1500',
    },
  });
  const keys = Object.keys(await shownOf('shop'));
  const first = ['Name', 'Id', 'Created', 'Scope', 'Driver', 'EnableIPv4', 'EnableIPv6', 'IPAM', 'Internal'];
  const rest = ['Attachable', 'Ingress', 'ConfigFrom', 'ConfigOnly', 'Containers', 'Options', 'Labels', 'Status'];
  assert.deepEqual(keys, [...first, ...rest]);
});

test('connect and disconnect answer 200 and nothing; what is asked of an endpoint is shown, and is there', async () => {
  const { engine } = bench;
  const mac = '02:42:0a:2f:00:09';
  const asked = {
    IPAMConfig: { IPv4Address: '10.47.0.9', LinkLocalIPs: ['169.254.8.8'] },
    Aliases: ['x'],
    MacAddress: mac,
    GwPriority: 3,
  };
  const joined = await ask('POST', '/networks/store/connect', { Container: 'runs', EndpointConfig: asked });
  assert.deepEqual(joined, { status: 200, body: '' });
  const shown = JSON.parse(
    await engine.ok('inspect', '-f', '{{json .NetworkSettings.Networks.store}}', 'runs'),
  ) as object;
  const found = { IPAddress: '10.47.0.9', IPPrefixLen: 24, Gateway: '10.47.0.1', DNSNames: ['runs', 'x'] };
  assert.partialDeepStrictEqual(shown, { ...asked, ...found });
  const inside = await engine.ok('exec', 'runs', 'ip', '-o', 'address', 'show', 'eth1');
  for (const address of ['10.47.0.9/24', '169.254.8.8/16']) assert.ok(inside.includes(address), inside);
  const left = await ask('POST', '/networks/store/disconnect', { Container: 'runs' });
  assert.deepEqual(left, { status: 200, body: '' });
});

test('a running container that has left all its networks joins neither host nor none, and comes back', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'loose', '--network', 'store', 'busybox', 'sleep', '1000');
  await engine.ok('network', 'disconnect', 'store', 'loose');
  const texts = [];
  for (const network of ['host', 'none']) {
    texts.push(await ask('POST', `/networks/${network}/connect`, { Container: 'loose' }));
    texts.push(await ask('POST', `/networks/${network}/disconnect`, { Container: 'loose' }));
  }
  const said = texts.map(({ status, body }) => `${status} ${(JSON.parse(body) as { message: string }).message}`);
  assert.match(said[0]!, /^400 cannot connect container to host network - container must be created in host network/);
  assert.match(said[1]!, /^500 container [0-9a-f]{64} is not connected to network host$/);
  assert.match(said[2]!, /^400 container cannot be connected to multiple networks with one of the networks in private/);
  assert.match(said[3]!, /^500 container [0-9a-f]{64} is not connected to network none$/);
  assert.equal(await engine.ok('inspect', '-f', '{{json .NetworkSettings.Networks}}', 'loose'), '{}');
  await engine.ok('network', 'connect', 'store', 'loose');
  assert.match(await engine.ok('exec', 'loose', 'ip', 'route'), /default via 10\.47\.0\.1/);
  await engine.ok('rm', '-f', 'loose');
});

test('a hardware address for the whole container is taken, and said to be out of date, from 1.44 on', async () => {
  const body = { Image: image, MacAddress: '02:42:0a:2e:00:09', HostConfig: { NetworkMode: 'shop' } };
  const told = async (version: string): Promise<unknown> => {
    const answer = await ask('POST', `/v${version}/containers/create?name=hard`, body);
    assert.equal(answer.status, 201, answer.body);
    await bench.engine.ok('rm', 'hard');
    return (JSON.parse(answer.body) as { Warnings: unknown }).Warnings;
  };
  assert.deepEqual(await told('1.43'), []);
  assert.deepEqual(await told('1.44'), [
    'The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.',
  ]);
});

test('network ls: ids short and whole, names, and a format', async () => {
  const { engine } = bench;
  const id = (await shownOf('shop')) as { Id: string };
  const only = ['network', 'ls', '--filter', 'name=shop'];
  assert.equal(await engine.ok(...only, '-q'), id.Id.slice(0, 12));
  assert.equal(await engine.ok(...only, '-q', '--no-trunc'), id.Id);
  const format = '{{.Name}} {{.Driver}} {{.Scope}} {{.IPv6}} {{.Internal}} {{.Labels}}';
  assert.equal(await engine.ok(...only, '--format', format), 'shop bridge local false false');
});

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
  assert.deepEqual(told.split('\n').slice(0, 4), ['shop', 'store', 'setup', 'made']);
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
