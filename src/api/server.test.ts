import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { AppError } from '../base/index.ts';
import type { ContainerCreateBody, NetworkCreateBody } from '../contract/index.ts';
import { ScratchServer } from './fixture/scratch-server.ts';

const message = (body: string): string => (JSON.parse(body) as { message: string }).message;

test('HEAD and GET /_ping tell the version in headers', async () => {
  await using server = await ScratchServer.open();
  for (const method of ['HEAD', 'GET']) {
    const answer = await server.ask(method, '/_ping');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['api-version'], '1.50');
    assert.equal(answer.headers['ostype'], 'linux');
    assert.equal(answer.headers['docker-experimental'], 'false');
    assert.equal(answer.headers['server'], 'Portolan/0.1.0 (linux)');
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
    assert.match(answer.headers['cache-control'] ?? '', /^no-cache/);
    assert.equal(answer.body, method === 'GET' ? 'OK' : '');
  }
});

test('versions: too new, too old, none and ours', async () => {
  await using server = await ScratchServer.open();
  const tooNew = await server.ask('GET', '/v1.99/info');
  assert.equal(tooNew.status, 400);
  assert.equal(message(tooNew.body), 'client version 1.99 is too new. Maximum supported API version is 1.50');
  const tooOld = await server.ask('GET', '/v1.10/info');
  assert.equal(tooOld.status, 400);
  assert.match(
    message(tooOld.body),
    /^client version 1\.10 is too old\. Minimum supported API version is 1\.24, please/,
  );
  for (const path of ['/info', '/v1.24/info', '/v1.50/info']) {
    assert.equal((await server.ask('GET', path)).status, 200, path);
  }
});

test('rows that a version does not have are not found', async () => {
  await using server = await ScratchServer.open();
  assert.equal((await server.ask('GET', '/v1.24/system/df')).status, 404);
  assert.equal((await server.ask('GET', '/v1.25/system/df')).status, 200);
});

test('unknown paths and wrong methods are 404, with headers and a message; OPTIONS is answered', async () => {
  await using server = await ScratchServer.open();
  const unknown = await server.ask('GET', '/v1.45/nope');
  assert.equal(unknown.status, 404);
  assert.equal(message(unknown.body), 'page not found');
  assert.equal(unknown.headers['content-type'], 'application/json');
  assert.equal(unknown.headers['api-version'], '1.50');
  const wrong = await server.ask('DELETE', '/networks');
  assert.equal(wrong.status, 404);
  assert.equal(message(wrong.body), 'page not found');
  assert.equal((await server.ask('OPTIONS', '/v1.45/networks')).status, 200);
  assert.equal((await server.ask('GET', '/containers/%zz/json')).status, 404);
});

test('a name with slashes and a colon is one parameter of image routes', async () => {
  const seen: string[] = [];
  await using server = await ScratchServer.open({
    images: {
      inspect: async (ref) => {
        seen.push(ref);
        throw new AppError('not-found', `No such image: ${ref}`);
      },
      remove: async (ref) => {
        seen.push(ref);
        return [];
      },
    },
  });
  const missing = await server.ask('GET', '/v1.45/images/a.example:5000/b/c:tag/json');
  assert.equal(missing.status, 404);
  assert.equal(message(missing.body), 'No such image: a.example:5000/b/c:tag');
  await server.ask('DELETE', '/images/demo%2Ftwo:1');
  await server.ask('DELETE', '/images/demo/two:1');
  assert.deepEqual(seen, ['a.example:5000/b/c:tag', 'demo/two:1', 'demo/two:1']);
});

test('refusals of bodies have Docker texts and leave the connection usable', async () => {
  await using server = await ScratchServer.open();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const post = (body: string, headers = {}) => server.ask('POST', '/networks/create', { body, headers, agent });
  const cases: [string, Record<string, string>, number, RegExp][] = [
    [
      '{}',
      { 'Content-Type': 'text/plain' },
      400,
      /^unsupported Content-Type header \(text\/plain\): must be 'application\/json'$/,
    ],
    ['{', {}, 400, /^invalid JSON: /],
    ['abc', {}, 400, /^invalid JSON: /],
    ['{"a":1}{}', {}, 400, /^unexpected content after JSON$/],
    ['[]', {}, 400, /want an object/],
    ['{"Name":1}', {}, 400, /^invalid JSON: cannot use number as Name: want string$/],
    [' ', {}, 400, /^invalid JSON: got EOF while reading request body$/],
    [`{"Name":"${'x'.repeat(5 << 20)}"}`, {}, 400, /^request body too large/],
    ['', { 'Transfer-Encoding': 'chunked' }, 400, /got EOF/],
  ];
  for (const [body, headers, status, text] of cases) {
    const answer = await post(body, headers);
    assert.equal(answer.status, status, body.slice(0, 40));
    assert.match(message(answer.body), text);
  }
  assert.equal((await post('{"Name":"n"}')).status, 201);
  agent.destroy();
});

test('create takes name and platform from the query only, and fills in what the body leaves out', async () => {
  const seen: [string, ContainerCreateBody][] = [];
  await using server = await ScratchServer.open({
    containers: {
      create: async (name, body) => {
        seen.push([name, body]);
        return { Id: 'a', Warnings: [] };
      },
    },
  });
  const answer = await server.ask('POST', '/containers/create?name=x&Image=other&Tty=true', {
    body: JSON.stringify({ Image: 'busybox', Cmd: null, HostConfig: { NetworkMode: 'default', Memory: null } }),
  });
  assert.equal(answer.status, 201);
  assert.deepEqual(JSON.parse(answer.body), { Id: 'a', Warnings: [] });
  const [name, body] = seen[0]!;
  assert.equal(name, 'x');
  assert.equal(body.Config.Image, 'busybox');
  assert.equal(body.Config.Tty, false);
  assert.equal(body.HostConfig.NetworkMode, 'bridge');
  assert.equal(body.HostConfig.Memory, 0);
});

test('create refuses no body, and several networks below 1.44', async () => {
  await using server = await ScratchServer.open();
  const none = await server.ask('POST', '/containers/create');
  assert.equal(none.status, 400);
  assert.equal(message(none.body), 'invalid JSON: got EOF while reading request body');
  const body = JSON.stringify({ Image: 'x', NetworkingConfig: { EndpointsConfig: { a: null, b: {} } } });
  const old = await server.ask('POST', '/v1.43/containers/create', { body });
  assert.equal(old.status, 400);
  assert.equal(message(old.body), 'Container cannot be created with multiple network endpoints: a, b');
  assert.equal((await server.ask('POST', '/v1.44/containers/create', { body })).status, 201);
});

test('error kinds become statuses, 304 without a body', async () => {
  let failure = new AppError('not-modified', '');
  await using server = await ScratchServer.open({
    containers: {
      stop: async () => {
        throw new Error('undo', { cause: failure });
      },
    },
  });
  const unchanged = await server.ask('POST', '/containers/x/stop');
  assert.equal(unchanged.status, 304);
  assert.equal(unchanged.body, '');
  failure = new AppError('conflict', 'busy');
  const busy = await server.ask('POST', '/containers/x/stop?t=3');
  assert.equal(busy.status, 409);
  assert.equal(message(busy.body), 'busy');
  assert.equal((await server.ask('POST', '/containers/x/stop?t=soon')).status, 400);
});

test('both shapes of filters reach the backend', async () => {
  const seen: unknown[] = [];
  await using server = await ScratchServer.open({
    networks: {
      list: async (filters) => {
        seen.push(filters);
        return [];
      },
    },
  });
  await server.ask('GET', `/networks?filters=${encodeURIComponent('{"label":["a=b"]}')}`);
  await server.ask('GET', `/networks?filters=${encodeURIComponent('{"label":{"a=b":true,"c":false}}')}`);
  await server.ask('GET', '/networks?filters={"name":+["a+b"]}');
  assert.deepEqual(seen, [{ label: ['a=b'] }, { label: ['a=b'] }, { name: ['a b'] }]);
  assert.equal((await server.ask('GET', '/networks?filters=abc')).status, 400);
});

test('network create fills in defaults', async () => {
  const seen: NetworkCreateBody[] = [];
  await using server = await ScratchServer.open({
    networks: {
      create: async (body) => {
        seen.push(body);
        return { Id: 'n', Warning: '' };
      },
    },
  });
  await server.ask('POST', '/networks/create', { body: '{"Name":"n","IPAM":null,"Labels":null}' });
  assert.deepEqual(seen[0]?.IPAM, { Driver: '', Options: {}, Config: [] });
  assert.equal(seen[0]?.EnableIPv4, null);
});

test('what is not there says so: 501, swarm 503, plugins 404', async () => {
  await using server = await ScratchServer.open();
  const plugins = await server.ask('POST', '/v1.45/plugins/pull?remote=x');
  assert.equal(plugins.status, 501);
  assert.equal(message(plugins.body), 'not there yet: plugins');
  const leave = await server.ask('POST', '/swarm/leave?force=True');
  assert.equal(leave.status, 503);
  assert.equal(message(leave.body), 'This node is not part of a swarm');
  const services = await server.ask('GET', '/v1.45/services');
  assert.equal(services.status, 503);
  assert.match(message(services.body), /^This node is not a swarm manager\. Use "docker swarm init"/);
  const plugin = await server.ask('GET', '/plugins/a/b/json');
  assert.equal(plugin.status, 404);
  assert.equal(message(plugin.body), 'plugin "a/b" not found');
});

test('uploads are streamed, and refused ones drained', async () => {
  await using server = await ScratchServer.open();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const body = Buffer.alloc(3 << 20, 1);
  const tar = { 'Content-Type': 'application/x-tar', 'Transfer-Encoding': 'chunked' };
  const loaded = await server.ask('POST', '/images/load', { body, headers: tar, agent });
  assert.equal(loaded.status, 200);
  assert.deepEqual(JSON.parse(loaded.body), { stream: 'Loaded image: x:y\n' });
  assert.equal((await server.ask('POST', '/images/create', { body, headers: tar, agent })).status, 400);
  assert.equal((await server.ask('GET', '/_ping', { agent })).status, 200);
  agent.destroy();
});

test('a pull that fails before its first line has a status', async () => {
  await using server = await ScratchServer.open();
  const pull = await server.ask('POST', '/images/create?fromImage=busybox&tag=nope');
  assert.equal(pull.status, 501);
  assert.equal(message(pull.body), 'pulling busybox is not there yet');
});

test('a load that fails says so in its stream, where clients look for it', async () => {
  await using server = await ScratchServer.open({
    images: {
      // biome-ignore lint/correctness/useYield: what fails before its first line
      load: async function* () {
        throw new AppError('invalid', 'unexpected EOF');
      },
    },
  });
  const { status, body } = await server.ask('POST', '/images/load', { body: Buffer.from('junk') });
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(body), { errorDetail: { message: 'unexpected EOF' }, error: 'unexpected EOF' });
});

test('a failure in the middle of a progress stream is its last line', async () => {
  await using server = await ScratchServer.open({
    images: {
      pull: async function* () {
        yield { status: 'Pulling' };
        throw new AppError('internal', 'disk full');
      },
    },
  });
  const pull = await server.ask('POST', '/images/create?fromImage=busybox');
  assert.equal(pull.status, 200);
  const lines = pull.body
    .trim()
    .split('\r\n')
    .map((line) => JSON.parse(line) as object);
  assert.deepEqual(lines, [{ status: 'Pulling' }, { errorDetail: { message: 'disk full' }, error: 'disk full' }]);
});

test('a pull whose client leaves before its first line is told so', { timeout: 10_000 }, async () => {
  const told = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await using server = await ScratchServer.open({
    images: {
      pull: async function* (_image, _options, gone) {
        begun.resolve();
        await new Promise((resolve) => gone.addEventListener('abort', resolve));
        told.resolve();
        gone.throwIfAborted();
      },
    },
  });
  const path = '/images/create?fromImage=busybox';
  const request = http.request({ socketPath: server.path, method: 'POST', path }).on('error', () => {});
  request.end();
  await begun.promise;
  request.destroy();
  await told.promise;
});
