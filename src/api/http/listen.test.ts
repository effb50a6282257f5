import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { listenOn, parseHost } from './listen.ts';

/** A folder of its own, and servers that are closed with it. */
class Scratch implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'portolan-listen-'));
  readonly #servers: Server[] = [];

  server(): Server {
    const server = createServer((socket) => socket.end());
    this.#servers.push(server);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test('parseHost() reads unix and tcp addresses and refuses the rest', () => {
  assert.deepEqual(parseHost('unix:///run/x.sock'), { path: '/run/x.sock' });
  assert.deepEqual(parseHost('tcp://127.0.0.1:2375'), { host: '127.0.0.1', port: 2375 });
  assert.deepEqual(parseHost('tcp://[::1]:2375'), { host: '::1', port: 2375 });
  assert.deepEqual(parseHost('tcp://:2375'), { host: '127.0.0.1', port: 2375 });
  for (const bad of ['', 'unix://x', 'fd://', '/run/x', 'tcp://h', 'tcp://h:70000', 'http://h:1']) {
    assert.throws(() => parseHost(bad), /cannot listen on/, bad);
  }
});

test('listenOn() makes the folder and a socket of mode 0660', async () => {
  await using scratch = new Scratch();
  const path = join(scratch.folder, 'a', 'b', 'engine.sock');
  await listenOn(scratch.server(), `unix://${path}`);
  assert.equal(statSync(path).mode & 0o777, 0o660);
});

test('listenOn() refuses a socket that somebody answers on, and leaves it alone', async () => {
  await using scratch = new Scratch();
  const host = `unix://${join(scratch.folder, 'engine.sock')}`;
  const first = scratch.server();
  await listenOn(first, host);
  await assert.rejects(listenOn(scratch.server(), host), /another engine answers there/);
  assert.equal(first.listening, true);
});

test('listenOn() replaces a socket that nobody answers on', async () => {
  await using scratch = new Scratch();
  const path = join(scratch.folder, 'engine.sock');
  // A child that binds and dies leaves its socket file behind.
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  assert.throws(() => execFileSync(process.execPath, ['-e', script], { stdio: 'ignore' }));
  assert.equal(existsSync(path), true);
  const server = scratch.server();
  await listenOn(server, `unix://${path}`);
  assert.equal(server.listening, true);
});

test('listenOn() refuses a path that holds something else', async () => {
  await using scratch = new Scratch();
  const path = join(scratch.folder, 'file');
  writeFileSync(path, 'precious');
  await assert.rejects(listenOn(scratch.server(), `unix://${path}`), /a file that is no socket is there/);
  assert.equal(existsSync(path), true);
});
