import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { watchPresence } from './presence.ts';

test('watchPresence() tells a client that is gone from one that only ended its input', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-presence-'));
  const path = join(folder, 'x.sock');
  const server = createServer({ allowHalfOpen: true }).listen(path);
  try {
    const client = connect({ path, allowHalfOpen: true });
    const [socket] = (await once(server, 'connection')) as [Socket];
    let gone = 0;
    watchPresence(socket, () => gone++, 10);
    socket.resume();
    client.resume();
    client.end();
    await once(socket, 'end');
    await delay(80);
    assert.equal(gone, 0);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    client.destroy();
    await closed;
    assert.equal(gone, 1);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
