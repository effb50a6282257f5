import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { parseAddress } from './address.ts';
import { ApiError, ConnectError } from './errors.ts';
import { Transport } from './transport.ts';

function socketIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-transport-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'engine.sock');
}

async function serving(t: TestContext, listener: RequestListener): Promise<Transport> {
  const path = socketIn(t);
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(path, done));
  t.after(() => server.close());
  const transport = new Transport(parseAddress(path));
  t.after(() => transport[Symbol.dispose]());
  return transport;
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return text;
}

test('Transport.json() sends query and body, leaving out what is not set', async (t) => {
  const transport = await serving(t, async (request, response) => {
    response.end(
      JSON.stringify({ url: request.url, type: request.headers['content-type'], body: await textOf(request) }),
    );
  });
  const query = { a: 'x y', yes: true, no: false, empty: '', zero: 0, gone: undefined, many: ['1', '2'] };
  assert.deepEqual(await transport.json('POST', '/path', { query, json: { A: 1 } }), {
    url: '/path?a=x+y&yes=1&zero=0&many=1&many=2',
    type: 'application/json',
    body: '{"A":1}',
  });
});

test('Transport.open() streams an upload in chunks', async (t) => {
  const transport = await serving(t, async (request, response) => {
    response.end(`${request.headers['transfer-encoding']} ${(await textOf(request)).length}`);
  });
  const body = Readable.from([Buffer.alloc(100_000), Buffer.alloc(23)]);
  assert.equal(await textOf(await transport.open('POST', '/load', { body })), 'chunked 100023');
});

test('Transport throws the message and status of a refusal', async (t) => {
  const transport = await serving(t, (request, response) => {
    response.statusCode = 409;
    response.end(request.url === '/json' ? '{"message":"taken"}' : request.url === '/text' ? 'plain text\n' : '');
  });
  for (const [path, message] of [
    ['/json', 'taken'],
    ['/text', 'plain text'],
    ['/none', 'the engine answered with status 409 and no message'],
  ] as const) {
    await assert.rejects(
      transport.run('GET', path),
      (error) => error instanceof ApiError && error.status === 409 && error.message === message,
    );
    await assert.rejects(transport.hijack(path), (error) => error instanceof ApiError && error.message === message);
  }
});

test('Transport.hijack() refuses an answer that is no stream', async (t) => {
  const transport = await serving(t, (_request, response) => response.end('hello'));
  await assert.rejects(transport.hijack('/attach'), /did not turn the connection into a stream/);
});

test('Transport tells why it could not connect', async (t) => {
  const path = socketIn(t);
  const failureAt = async (address: string): Promise<string> => {
    using transport = new Transport(parseAddress(address));
    const error = await transport.run('GET', '/').catch((thrown: unknown) => thrown);
    return error instanceof ConnectError ? error.failure : String(error);
  };
  assert.equal(await failureAt(path), 'no-socket');
  // A socket file without a listener: what a killed engine leaves.
  const server = createNetServer((socket) => socket.destroy());
  await new Promise<void>((done) => server.listen(path, done));
  assert.equal(await failureAt(path), 'lost');
  await new Promise((done) => server.close(done));
});

test('parseAddress() takes unix sockets only', () => {
  assert.equal(parseAddress('/run/x.sock').text, 'unix:///run/x.sock');
  assert.throws(
    () => parseAddress('tcp://127.0.0.1:2375'),
    /unable to use the host "tcp:\/\/127.0.0.1:2375": want unix:/,
  );
});
