import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { bind } from './libc.ts';
import { type Events, Poller } from './poller.ts';
import { closeFd, recvInto, sendBytes } from './socket.ts';

const socketpair = bind<[domain: number, type: number, protocol: number, fds: Int32Array]>(
  'socketpair',
  'int socketpair(int domain, int type, int protocol, void *fds)',
);

/** Two ends of a SOCK_SEQPACKET connection, which libuv has no stream for. */
function pair(): Disposable & { readonly near: number; readonly far: number } {
  const fds = new Int32Array(2);
  socketpair(1, 5, 0, fds);
  const [near = -1, far = -1] = fds;
  return { near, far, [Symbol.dispose]: () => [near, far].forEach(closeFd) };
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 1));
};

test('Poller.watch() calls each time there is something to read', async () => {
  using ends = pair();
  using poller = new Poller();
  const heard: string[] = [];
  const buffer = new Uint8Array(16);
  poller.watch(ends.near, { read: true }, () => {
    heard.push(Buffer.from(buffer.subarray(0, recvInto(ends.near, buffer))).toString());
  });
  for (const word of ['one', 'two']) {
    sendBytes(ends.far, Buffer.from(word));
    await turns(3);
  }
  assert.deepEqual(heard, ['one', 'two']);
});

test('Poller.watch() goes on with promises that the handler settles', async () => {
  using ends = pair();
  using poller = new Poller();
  const ready = Promise.withResolvers<Events>();
  using _ = poller.watch(ends.near, { write: true }, ready.resolve);
  assert.deepEqual(await ready.promise, { read: false, write: true });
});

test('Watch.change({}) pauses and a later change goes on', async () => {
  using ends = pair();
  using poller = new Poller();
  let calls = 0;
  const watch = poller.watch(ends.near, { read: true }, () => {
    calls++;
    watch.change({});
  });
  sendBytes(ends.far, Uint8Array.of(1));
  await turns(5);
  assert.equal(calls, 1);
  watch.change({ read: true });
  await turns(5);
  assert.equal(calls, 2);
});

test('Poller reports the end of a connection as readable', async () => {
  const ends = pair();
  using poller = new Poller();
  const ended = Promise.withResolvers<number>();
  const watch = poller.watch(ends.near, { read: true }, () => ended.resolve(recvInto(ends.near, new Uint8Array(1))));
  closeFd(ends.far);
  assert.equal(await ended.promise, 0);
  watch[Symbol.dispose]();
  closeFd(ends.near);
});

test('a disposed watch is not called any more, not even for what was ready', async () => {
  using ends = pair();
  using poller = new Poller();
  const watch = poller.watch(ends.near, { write: true }, () => assert.fail('called'));
  watch[Symbol.dispose]();
  watch[Symbol.dispose]();
  await turns(3);
});

test('Poller.watch() refuses a file, a closed descriptor and a second watch, with the reason', () => {
  using ends = pair();
  using poller = new Poller();
  const file = openSync('/proc/self/exe', 'r');
  assert.throws(() => poller.watch(file, { read: true }, () => {}), { code: 'EPERM' });
  closeSync(file);
  assert.throws(() => poller.watch(file, { read: true }, () => {}), { code: 'EBADF' });
  using _ = poller.watch(ends.near, { read: true }, () => {});
  assert.throws(() => poller.watch(ends.near, { read: true }, () => {}), { code: 'EEXIST' });
});

test('a process with a poller and no watch ends by itself', () => {
  const program = `import { Poller } from ${JSON.stringify(new URL('poller.ts', import.meta.url).href)}; new Poller();`;
  execFileSync(process.execPath, ['--input-type=module', '-e', program], { timeout: 10_000 });
});
