import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setLink } from '../../src/netlink/rt/link.ts';
import { inNetns } from '../../src/syscall/netns.ts';
import { pidfdOpen, pidfdSendSignal } from '../../src/syscall/pidfd.ts';
import { Poller } from '../../src/syscall/poller.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  attachDropAllFilter,
  bind,
  bindInet,
  closeFd,
  connectUnixSeqpacket,
  detachFilter,
  listen,
  recvInto,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  sendBytes,
  socket,
  withUnixAddress,
} from '../../src/syscall/socket.ts';
import { type Host, kernelTest } from './fixture.ts';

function listener(host: Host, family: number, address: string, port: number): Disposable & { readonly fd: number } {
  const fd: number = inNetns(host.fd, () => socket(family, SOCK_STREAM));
  bindInet(fd, address, port);
  return { fd, [Symbol.dispose]: () => closeFd(fd) };
}

/** Whether a handshake is answered, as socat sees it. */
function answers(host: Host, target: string): boolean {
  try {
    host.run('socat', '-u', '/dev/null', `${target},connect-timeout=0.3`);
    return true;
  } catch {
    return false;
  }
}

kernelTest('a socket made inside a namespace is bound there and used outside', (host) => {
  setLink(host.rt, 'lo', { up: true });
  using four = listener(host, AF_INET, '127.0.0.1', 8080);
  using six = listener(host, AF_INET6, '::', 8080);
  for (const { fd } of [four, six]) listen(fd, 8);
  const shown = host
    .run('ss', '-Hltn')
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[3]);
  assert.deepEqual(shown.filter(Boolean).sort(), ['127.0.0.1:8080', '[::]:8080']);
  assert.ok(answers(host, 'TCP4:127.0.0.1:8080') && answers(host, 'TCP6:[::1]:8080'));
});

kernelTest('bindInet() of a taken port throws EADDRINUSE', (host) => {
  using _ = listener(host, AF_INET, '0.0.0.0', 80);
  const fd: number = inNetns(host.fd, () => socket(AF_INET, SOCK_STREAM));
  assert.throws(() => bindInet(fd, '127.0.0.1', 80), { code: 'EADDRINUSE', op: 'bind' });
  closeFd(fd);
});

kernelTest('attachDropAllFilter() keeps a listening port silent until detachFilter()', (host) => {
  setLink(host.rt, 'lo', { up: true });
  using reserved = listener(host, AF_INET, '0.0.0.0', 80);
  attachDropAllFilter(reserved.fd);
  listen(reserved.fd, 8);
  assert.equal(answers(host, 'TCP4:127.0.0.1:80'), false);
  detachFilter(reserved.fd);
  assert.equal(answers(host, 'TCP4:127.0.0.1:80'), true);
  assert.throws(() => detachFilter(reserved.fd), { code: 'ENOENT' });
});

kernelTest('a descriptor becomes a net.Server of its namespace', async (host) => {
  setLink(host.rt, 'lo', { up: true });
  const fd: number = inNetns(host.fd, () => socket(AF_INET, SOCK_STREAM));
  bindInet(fd, '127.0.0.1', 8080);
  const server = createServer((connection) => connection.end('inside')).listen({ fd });
  await once(server, 'listening');
  const client = spawn('nsenter', [`--net=${host.path}`, 'socat', '-u', 'TCP4:127.0.0.1:8080', '-']);
  const [said] = (await once(client.stdout, 'data')) as [Buffer];
  assert.equal(said.toString(), 'inside');
  await once(client, 'close');
  server.close();
  await once(server, 'close');
});

for (const { name, depth } of [
  { name: 'a short path', depth: 0 },
  { name: 'a path longer than sockaddr_un', depth: 4 },
]) {
  test(`connectUnixSeqpacket() keeps messages apart, by ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'seq-'));
    const deep = join(folder, ...Array.from({ length: depth }, () => 'x'.repeat(40)));
    mkdirSync(deep, { recursive: true });
    const path = join(deep, 'attach');
    const server = socket(AF_UNIX, SOCK_SEQPACKET);
    withUnixAddress(path, (address) => bind(server, address));
    listen(server, 1);
    const client = connectUnixSeqpacket(path);
    assert.equal(sendBytes(client, Buffer.from('one')), 3);
    assert.equal(recvInto(client, new Uint8Array(8)), -1);
    for (const fd of [client, server]) closeFd(fd);
    rmSync(folder, { recursive: true });
  });
}

test('connectUnixSeqpacket() leaves no descriptor when nobody listens', () => {
  const probe = socket(AF_UNIX, SOCK_STREAM);
  closeFd(probe);
  assert.throws(() => connectUnixSeqpacket('/no/such'), { code: 'ENOENT' });
  const again = socket(AF_UNIX, SOCK_STREAM);
  closeFd(again);
  assert.equal(again, probe);
});

test('sendBytes() to an end that is gone throws EPIPE and raises no signal', () => {
  execFileSync(process.execPath, [
    '--input-type=module',
    '-e',
    `import { bind, closeFd, connectUnixSeqpacket, listen, sendBytes, socket, withUnixAddress } from ${JSON.stringify(
      new URL('../../src/syscall/socket.ts', import.meta.url).href,
    )};
    const server = socket(1, 5);
    withUnixAddress('/tmp/epipe-' + process.pid, (address) => bind(server, address));
    listen(server, 1);
    const client = connectUnixSeqpacket('/tmp/epipe-' + process.pid);
    (await import('node:fs')).unlinkSync('/tmp/epipe-' + process.pid);
    closeFd(server);
    try { sendBytes(client, Buffer.from('x')); process.exit(2); } catch (e) { process.exit(e.code === 'EPIPE' || e.code === 'ECONNRESET' ? 0 : 3); }`,
  ]);
});

test('a pidfd tells when its process ends, and refuses to signal it afterwards', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const fd = pidfdOpen(child.pid!);
  const ended = Promise.withResolvers<void>();
  using poller = new Poller();
  using _ = poller.watch(fd, { read: true }, () => ended.resolve());
  pidfdSendSignal(fd, 0);
  pidfdSendSignal(fd, 15);
  await ended.promise;
  await sleep(20); // until Node has reaped it
  assert.throws(() => pidfdSendSignal(fd, 0), { code: 'ESRCH' });
  assert.throws(() => pidfdOpen(child.pid!), { code: 'ESRCH' });
  poller[Symbol.dispose]();
  closeFd(fd);
});
