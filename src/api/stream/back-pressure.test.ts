import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogChunk, StreamSession } from '../backend.ts';
import { ScratchServer } from '../fixture/scratch-server.ts';

const chunk: LogChunk = { stream: 'stdout', at: new Date(0), data: Buffer.alloc(32 << 10, 'x') };
/** 64 MiB. */
const chunks = 2048;

/** Counts what the reader has taken of it. */
class Source {
  taken = 0;

  async *chunks(): AsyncGenerator<LogChunk> {
    for (let i = 0; i < chunks; i++) {
      this.taken++;
      yield chunk;
    }
  }
}

const upgrade = 'Connection: Upgrade\r\nUpgrade: tcp\r\n';

for (const [name, head] of [
  ['attach', `POST /containers/c/attach HTTP/1.1\r\n${upgrade}\r\n`],
  ['attach without upgrade', 'POST /containers/c/attach HTTP/1.1\r\n\r\n'],
  ['logs', 'GET /containers/c/logs?stdout=1 HTTP/1.1\r\nConnection: close\r\n\r\n'],
] as const) {
  test(`${name}: a client that does not read holds the source back, and gets everything once it reads`, async () => {
    const source = new Source();
    const live: StreamSession = { tty: false, output: source.chunks(), stdin: undefined, detach: () => {} };
    await using server = await ScratchServer.open({
      containers: { attach: async () => live, logs: async () => ({ tty: false, details: '', lines: source.chunks() }) },
    });
    const client = connect({ path: server.path, allowHalfOpen: true }).pause();
    client.write(head);
    await delay(150);
    const heldAt = source.taken;
    assert.ok(heldAt > 0 && heldAt < 64, `took ${heldAt} chunks for a client that reads none`);
    let bytes = 0;
    for await (const part of client) bytes += (part as Buffer).length;
    assert.equal(source.taken, chunks);
    assert.ok(bytes > chunks * (chunk.data.length + 8), `${bytes} bytes came`);
    client.destroy();
  });
}

test('a process that does not read holds the client back, and gets everything once it reads', async () => {
  const output = new PassThrough();
  let release = (): void => {};
  let bytes = 0;
  const stdin = new Writable({
    write(part: Buffer, _encoding, done) {
      bytes += part.length;
      if (bytes === part.length) release = done;
      else done();
    },
  });
  const live: StreamSession = {
    tty: false,
    output: (async function* () {
      for await (const data of output) yield { stream: 'stdout' as const, data: data as Buffer };
    })(),
    stdin,
    detach: () => {},
  };
  stdin.once('finish', () => output.end(`${bytes}`));
  await using server = await ScratchServer.open({ containers: { attach: async () => live } });
  using client = server.raw(`POST /containers/c/attach HTTP/1.1\r\n${upgrade}\r\n`);
  await client.untilHead();
  const sent = 8 << 20;
  client.socket.end(Buffer.alloc(sent));
  await delay(150);
  assert.ok(bytes < 1 << 20, `${bytes} bytes were taken for a process that reads none`);
  release();
  await client.ended;
  assert.equal(client.stream.subarray(8).toString(), String(sent));
});
