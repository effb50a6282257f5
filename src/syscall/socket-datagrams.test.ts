import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { AF_INET, bindInet, closeFd, SOCK_DGRAM, socket } from './socket.ts';
import { DatagramBatch, sendTo } from './socket-datagrams.ts';

/** A socket of ours on loopback, and clients that talk to it. */
async function sockets(clients: number): Promise<AsyncDisposable & { fd: number; clients: readonly Socket[] }> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const fd = socket(AF_INET, SOCK_DGRAM);
  bindInet(fd, '127.0.0.1', port);
  const all = Array.from({ length: clients }, () => createSocket('udp4'));
  for (const client of all) {
    client.connect(port, '127.0.0.1');
    await once(client, 'connect');
  }
  const close = async (): Promise<void> => {
    for (const client of all) client.close();
    closeFd(fd);
  };
  return { fd, clients: all, [Symbol.asyncDispose]: close };
}

const say = (client: Socket, text: string): Promise<void> =>
  new Promise((resolve) => client.send(text, () => resolve()));
const heard = async (client: Socket): Promise<string> => String((await once(client, 'message'))[0]);

test('DatagramBatch receives what waits, and each sender gets its own answer', async () => {
  await using lab = await sockets(3);
  const batch = new DatagramBatch(8, 64);
  assert.equal(batch.receive(lab.fd), 0);
  for (const [i, client] of lab.clients.entries()) await say(client, `hello ${i}`);
  assert.equal(batch.receive(lab.fd), 3);
  const answers = Promise.all(lab.clients.map(heard));
  for (let slot = 0; slot < 3; slot++) {
    const bytes = batch.slots[slot]!;
    const text = bytes.toString('latin1', 0, batch.lengthAt(slot)).replace('hello', 'welcome, client');
    batch.answer(slot, bytes.write(text));
  }
  batch.send(lab.fd);
  assert.deepEqual(await answers, ['welcome, client 0', 'welcome, client 1', 'welcome, client 2']);
});

test('DatagramBatch leaves what does not fit for the next time, whole again', async () => {
  await using lab = await sockets(1);
  const batch = new DatagramBatch(2, 16);
  for (const text of ['short', 'x'.repeat(40), 'last one']) await say(lab.clients[0]!, text);
  assert.equal(batch.receive(lab.fd), 2);
  assert.deepEqual([batch.lengthAt(0), batch.lengthAt(1)], [5, 16]);
  batch.answer(0, 1);
  batch.send(lab.fd);
  assert.equal(batch.receive(lab.fd), 1);
  assert.equal(batch.slots[0]!.toString('latin1', 0, batch.lengthAt(0)), 'last one');
});

test('one answer that the kernel refuses does not hold up the others; an answer may come later', async () => {
  await using lab = await sockets(2);
  const batch = new DatagramBatch(4, 2048);
  const [first, second] = lab.clients as [Socket, Socket];
  await say(first, 'a');
  await say(second, 'b');
  assert.equal(batch.receive(lab.fd), 2);
  const sender = batch.senderAt(0);
  const answers = [heard(second), heard(first)];
  batch.answer(0, 0x1_0000_0000 - 1);
  batch.answer(1, 1);
  batch.send(lab.fd);
  assert.equal(await answers[0], 'b');
  sendTo(lab.fd, Buffer.from('late'), sender);
  assert.equal(await answers[1], 'late');
});
