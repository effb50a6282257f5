import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { dropRest, rawBody } from './raw-body.ts';

/** Gives up at the first bytes, as a reader of archives does with what is none. */
const refusing = (): Writable =>
  new Writable({
    write(_chunk, _encoding, done) {
      done(new Error('no archive'));
    },
  });

test('a body that its reader gives up half-way does not stop the connection', { timeout: 5000 }, async (t) => {
  const server = createServer(async (incoming, response) => {
    const failure = await pipeline(rawBody(incoming), refusing()).catch((error: Error) => error.message);
    response.end(String(failure));
    dropRest(incoming);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => {
    agent.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  for (const size of [10, 100_000, 200_000, 300_000, 5_000_000, 10]) {
    const sent = request({ port, method: 'POST', agent }).end(Buffer.alloc(size, '['));
    const [answer] = await once(sent, 'response');
    assert.equal(await text(answer), 'no archive');
  }
});
