import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { AppError } from '../../base/index.ts';
import type { AttachOptions } from '../backend.ts';
import { FakeSession } from '../fixture/fake-session.ts';
import { ScratchServer } from '../fixture/scratch-server.ts';

type Message = { readonly text: string; readonly binary: boolean };

/** A client of the ws package: what it got, and how it was closed. */
function connect(server: ScratchServer, path: string) {
  const socket = new WebSocket(`ws+unix://${server.path}:${path}`);
  const messages: Message[] = [];
  socket.on('message', (data: Buffer, binary: boolean) => messages.push({ text: data.toString(), binary }));
  const closed = once(socket, 'close').then(([code]) => code as number);
  return { socket, messages, closed, open: once(socket, 'open') };
}

const attaching = (live: FakeSession, asked: (options: AttachOptions) => void = () => {}) =>
  ScratchServer.open({
    containers: {
      attach: async (_ref: string, options: AttachOptions) => {
        asked(options);
        return live;
      },
    },
  });

test('both outputs come unframed in binary messages, and the end is a normal closure', async () => {
  const live = new FakeSession();
  await using server = await attaching(live);
  const client = connect(server, '/v1.45/containers/c/attach/ws?stream=1&stdout=1&stderr=1');
  const [answer] = (await once(client.socket, 'upgrade')) as [{ headers: Record<string, string> }];
  assert.equal(answer.headers['api-version'], '1.50');
  live.say('out');
  live.say('err', 'stderr');
  live.end();
  assert.equal(await client.closed, 1000);
  assert.equal(client.messages.map(({ text }) => text).join(''), 'outerr');
  assert.ok(client.messages.every(({ binary }) => binary));
});

test('what the client sends is stdin, and its leaving ends that and lets go of the container', async () => {
  const live = new FakeSession();
  await using server = await attaching(live);
  const client = connect(server, '/v1.45/containers/c/attach/ws?stream=1&stdin=1&stdout=1');
  await client.open;
  client.socket.send('one ');
  client.socket.send(Buffer.from('two\n'));
  client.socket.close();
  assert.equal(await live.input(), 'one two\n');
  await client.closed;
  for (let turn = 0; turn < 100 && !live.detached; turn++) await sleep(5);
  assert.equal(live.detached, true);
});

test('old clients get text messages and all three streams; later ones get what they name', async () => {
  const asked: AttachOptions[] = [];
  const streams = async (version: string) => {
    const live = new FakeSession();
    await using server = await attaching(live, (options) => asked.push(options));
    const client = connect(server, `/v${version}/containers/c/attach/ws?stream=1&stdout=1&logs=1`);
    await client.open;
    live.say('x');
    live.end();
    await client.closed;
    const { stdin, stdout, stderr, logs } = asked.at(-1)!;
    return [client.messages[0]!.binary, stdin, stdout, stderr, logs];
  };
  assert.deepEqual(await streams('1.27'), [false, true, true, true, true]);
  assert.deepEqual(await streams('1.41'), [true, true, true, true, true]);
  assert.deepEqual(await streams('1.42'), [true, false, true, false, true]);
});

test('an unknown container is a plain 404, and what is no handshake a 400 that keeps nothing', async () => {
  await using absent = await ScratchServer.open({
    containers: {
      attach: async () => {
        throw new AppError('not-found', 'No such container: c');
      },
    },
  });
  const refused = connect(absent, '/v1.45/containers/c/attach/ws');
  const ends = await Promise.allSettled([refused.open, refused.closed]);
  for (const end of ends) assert.match(String(end.status === 'rejected' && end.reason), /server response: 404/);

  const live = new FakeSession();
  await using server = await attaching(live);
  const path = '/v1.45/containers/c/attach/ws?stream=1';
  assert.equal((await server.ask('GET', path)).status, 400);
  assert.equal(live.detached, true);
  using raw = server.raw(`GET ${path} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  await raw.ended;
  assert.match(raw.head, /^HTTP\/1.1 400 /);
  assert.match(raw.stream.toString(), /Sec-WebSocket-Key/);
});

test('a client that reads late gets all of it', async () => {
  const live = new FakeSession();
  await using server = await attaching(live);
  const client = connect(server, '/v1.45/containers/c/attach/ws?stream=1&stdout=1');
  await client.open;
  client.socket.pause();
  let told = 0;
  const one = 'x'.repeat(1 << 20);
  for (; told < 16; told++) live.say(one);
  live.end();
  client.socket.resume();
  assert.equal(await client.closed, 1000);
  assert.equal(
    client.messages.reduce((sum, { text }) => sum + text.length, 0),
    told << 20,
  );
});
