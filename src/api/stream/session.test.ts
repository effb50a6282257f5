import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../base/index.ts';
import { execInspect } from '../fixture/fake-backend.ts';
import { FakeSession } from '../fixture/fake-session.ts';
import { ScratchServer } from '../fixture/scratch-server.ts';

const upgrade = 'Connection: Upgrade\r\nUpgrade: tcp\r\n';
const attachHead = `POST /v1.45/containers/c/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n${upgrade}\r\n`;
const frame = (stream: 1 | 2, text: string): Buffer =>
  Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);

const attaching = (live: FakeSession) => ScratchServer.open({ containers: { attach: async () => live } });
const executing = (live: FakeSession) =>
  ScratchServer.open({ execs: { start: async (_id, { detach }) => (detach ? undefined : live) } });

test('attach upgrades, with every header, and frames both streams', async () => {
  const live = new FakeSession();
  await using server = await attaching(live);
  using client = server.raw(attachHead);
  await client.untilHead();
  const lines = client.head.split('\r\n');
  assert.equal(lines[0], 'HTTP/1.1 101 UPGRADED');
  assert.ok(lines.includes('Content-Type: application/vnd.docker.multiplexed-stream'), client.head);
  assert.ok(lines.includes('Connection: Upgrade') && lines.includes('Upgrade: tcp'), client.head);
  assert.ok(lines.includes('Api-Version: 1.50') && lines.includes('Ostype: linux'), client.head);
  assert.ok(!/^(content-length|transfer-encoding)/im.test(client.head));
  live.say('out');
  live.say('err', 'stderr');
  live.end();
  await client.ended;
  assert.deepEqual(client.stream, Buffer.concat([frame(1, 'out'), frame(2, 'err')]));
});

test('the half-close of the client ends stdin, and output goes on after it', async () => {
  const live = new FakeSession();
  await using server = await attaching(live);
  using client = server.raw(attachHead);
  await client.untilHead();
  client.socket.end('a line\n');
  assert.equal(await live.input(), 'a line\n');
  assert.equal(live.detached, false);
  live.say('7');
  live.end();
  await client.ended;
  assert.deepEqual(client.stream, frame(1, '7'));
});

test('a body that comes with an attach is no stdin', async () => {
  const live = new FakeSession();
  await using server = await attaching(live);
  const body = '{"stream":true,"stdin":true}';
  const head = attachHead.replace('text/plain', 'application/json').replace('Length: 0', `Length: ${body.length}`);
  using client = server.raw(`${head}${body}`);
  await client.untilHead();
  client.socket.end('typed\n');
  assert.equal(await live.input(), 'typed\n');
  live.end();
  await client.ended;
});

test('a client that is gone is let go', async () => {
  const live = new FakeSession();
  await using server = await attaching(live);
  const client = server.raw(attachHead);
  await client.untilHead();
  client.socket.destroy();
  live.say('to nobody');
  for (let i = 0; i < 100 && !live.detached; i++) await delay(10);
  assert.equal(live.detached, true);
});

test('attach with a terminal is raw, also by its type', async () => {
  const live = new FakeSession({ tty: true });
  await using server = await attaching(live);
  using client = server.raw(attachHead);
  await client.untilHead();
  assert.match(client.head, /\r\nContent-Type: application\/vnd\.docker\.raw-stream/);
  live.say('bare');
  live.end();
  await client.ended;
  assert.equal(client.stream.toString(), 'bare');
});

test('below 1.42 the type is always raw-stream', async () => {
  const live = new FakeSession();
  await using server = await attaching(live);
  using client = server.raw(attachHead.replace('v1.45', 'v1.41'));
  await client.untilHead();
  assert.match(client.head, /\r\nContent-Type: application\/vnd\.docker\.raw-stream/);
  live.end();
});

test('without an upgrade the stream is a 200 to the end of the connection', async () => {
  const live = new FakeSession();
  await using server = await attaching(live);
  using client = server.raw('POST /containers/c/attach?stream=1 HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.untilHead();
  assert.match(client.head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(client.head, /\r\nContent-Type: application\/vnd\.docker\.raw-stream/);
  assert.ok(!/^(content-length|transfer-encoding)/im.test(client.head), client.head);
  live.say('x');
  live.end();
  await client.ended;
  assert.deepEqual(client.stream, frame(1, 'x'));
});

test('a refused upgrade is an ordinary answer with a status', async () => {
  await using server = await ScratchServer.open({
    containers: {
      attach: async (ref) => {
        throw new AppError('not-found', `No such container: ${ref}`);
      },
    },
  });
  using client = server.raw(attachHead);
  await client.ended;
  assert.match(client.head, /^HTTP\/1\.1 404 Not Found\r\n/);
  assert.deepEqual(JSON.parse(client.stream.toString()), { message: 'No such container: c' });
});

test('an upgrade that a route does not offer is ignored', async () => {
  await using server = await ScratchServer.open();
  using client = server.raw(
    `POST /networks/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n${upgrade}\r\n{}`,
  );
  await client.until((text) => text.includes('"Id"'));
  assert.match(client.head, /^HTTP\/1\.1 201 Created\r\n/);
});

const body = '{"Detach":false,"Tty":false}';
const execHead = (more: string): string =>
  `POST /v1.45/exec/e/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n${more}${upgrade}\r\n`;

for (const [how, pieces] of [
  ['with the head', [`${execHead(`Content-Length: ${body.length}\r\n`)}${body}typed`]],
  ['in pieces', [execHead(`Content-Length: ${body.length}\r\n`), body.slice(0, 9), `${body.slice(9)}typ`, 'ed']],
  [
    'chunked',
    [
      `${execHead('Transfer-Encoding: chunked\r\n')}5\r\n${body.slice(0, 5)}\r\n17`,
      `;x=y\r\n${body.slice(5)}\r\n`,
      '0\r\n\r\ntyped',
    ],
  ],
] as const) {
  test(`exec start takes exactly its body off the socket: ${how}`, async () => {
    const live = new FakeSession();
    await using server = await executing(live);
    using client = server.raw(pieces[0]);
    for (const piece of pieces.slice(1)) {
      await delay(20);
      client.socket.write(piece);
    }
    await client.untilHead();
    assert.match(client.head, /^HTTP\/1\.1 101 UPGRADED\r\n/);
    client.socket.end();
    assert.equal(await live.input(), 'typed');
    live.end();
    await client.ended;
  });
}

test('exec start refuses bad bodies with a status, also cut short', async () => {
  await using server = await ScratchServer.open();
  for (const [head, rest, text] of [
    ['Content-Length: 3\r\n', '{]}', /invalid JSON/],
    ['Content-Length: 9000000\r\n', '', /too large/],
    ['Content-Length: 30\r\n', '{', /unexpected EOF/],
    ['Transfer-Encoding: chunked\r\n', 'zz\r\n', /chunk size/],
  ] as const) {
    using client = server.raw(execHead(head) + rest);
    client.socket.end();
    await client.ended;
    assert.match(client.head, /^HTTP\/1\.1 400 Bad Request\r\n/, head);
    assert.match(client.stream.toString(), text);
  }
});

test('exec start detached answers 200 without a stream', async () => {
  await using server = await ScratchServer.open();
  const answer = await server.ask('POST', '/exec/e/start', { body: '{"Detach":true}' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-length'], '0');
});

test('an exec that cannot start says so in the stream', async () => {
  await using server = await ScratchServer.open({
    execs: {
      start: async () => {
        throw new AppError('invalid', 'OCI runtime exec failed: no such file');
      },
    },
  });
  using client = server.raw(execHead(`Content-Length: ${body.length}\r\n`) + body);
  await client.ended;
  assert.match(client.head, /^HTTP\/1\.1 101 /);
  assert.deepEqual(client.stream, frame(1, 'OCI runtime exec failed: no such file\r\n'));
});

test('detach keys end a terminal session and leave the process alone', async () => {
  const live = new FakeSession({ tty: true });
  await using server = await ScratchServer.open({
    execs: { start: async () => live, inspect: (id) => execInspect(id, { DetachKeys: 'ctrl-a,x' }) },
  });
  const tty = '{"Tty":true}';
  using client = server.raw(execHead(`Content-Length: ${tty.length}\r\n`) + tty);
  await client.untilHead();
  client.socket.write('ls\u0001');
  await delay(20);
  client.socket.write('x');
  await client.ended;
  assert.equal(live.detached, true);
  assert.equal(live.stdin?.read()?.toString(), 'ls');
  assert.equal(live.stdin?.writableEnded, false);
  assert.match(client.stream.toString(), /read escape sequence/);
});

test('bad detach keys are refused', async () => {
  await using server = await ScratchServer.open();
  const answer = await server.ask('POST', '/containers/c/attach?detachKeys=shift-a');
  assert.equal(answer.status, 400);
  assert.match(answer.body, /Invalid detach keys \(shift-a\) provided/);
});
