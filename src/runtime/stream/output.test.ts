import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chunk, OutputQueue } from './output.ts';

const chunk = (text: string): Chunk => ({ stream: 'stdout', data: Buffer.from(text) });
const megabyte: Chunk = { stream: 'stdout', data: Buffer.alloc(1024 * 1024) };

test('OutputQueue: chunks come in order, those before the end included', async () => {
  const queue = new OutputQueue(() => {});
  queue.push(chunk('a'));
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { data } of queue) seen.push(data.toString());
  })();
  await Promise.resolve();
  queue.push(chunk('b'));
  queue.push(chunk('c'));
  queue.end();
  queue.push(chunk('too late'));
  await reading;
  assert.deepEqual(seen, ['a', 'b', 'c']);
});

test('OutputQueue: the source waits once a mebibyte is held, and goes on when it is taken', async () => {
  const flow: boolean[] = [];
  const queue = new OutputQueue((flowing) => flow.push(flowing));
  queue.push(chunk('a'));
  assert.deepEqual(flow, []);
  queue.push(megabyte);
  queue.push(megabyte);
  assert.deepEqual(flow, [false]);
  const reader = queue[Symbol.asyncIterator]();
  await reader.next();
  assert.deepEqual(flow, [false, true]);
});

test('OutputQueue: a source that has ended is not told to go on', async () => {
  const flow: boolean[] = [];
  const queue = new OutputQueue((flowing) => flow.push(flowing));
  queue.push(megabyte);
  queue.end();
  for await (const { data } of queue) assert.equal(data.length, megabyte.data.length);
  assert.deepEqual(flow, [false]);
});
