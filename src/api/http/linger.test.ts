import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { ScratchServer } from '../fixture/scratch-server.ts';
import { lingerAtEnd } from './linger.ts';

const bodyBytes = 16 << 20;
const head = (target: string, type: string): string =>
  `POST ${target} HTTP/1.1\r\nHost: d\r\nContent-Type: ${type}\r\nConnection: close\r\nContent-Length: ${bodyBytes}\r\n\r\n`;

/** Sends everything before it reads anything, as Python's client does; throws when that fails. */
async function sendThenRead(socket: Socket, request: string): Promise<string> {
  socket.pause();
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.write(request);
    socket.write(Buffer.alloc(bodyBytes, 'x'), () => resolve());
  });
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

test('a refusal in the middle of a large body reaches a client that sends first and reads then', async () => {
  await using server = await ScratchServer.open();
  const targets = [
    ['/v1.45/nothing', 'application/json', 404],
    ['/v1.45/containers/create', 'text/plain', 400],
    ['/v1.45/containers/create', 'application/json', 400],
  ] as const;
  for (const [target, type, status] of targets) {
    const answer = await sendThenRead(connect({ path: server.path }), head(target, type));
    assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), `${target}: ${answer}`);
    assert.match(answer, /\{"message":".+"\}\n$/);
  }
});

test('a client that goes on without an end is cut off', async () => {
  const server = createServer((request, response) => {
    lingerAtEnd(request, response, 50);
    response.end('no');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(head('/', 'text/plain'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
  await once(socket.resume(), 'close');
  server.close();
  await once(server, 'close');
});
