import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { heldStream } from './held-stream.ts';

function held(archive: Readable) {
  let released = 0;
  const stream = heldStream(archive, () => released++);
  return { stream, released: () => released };
}

const chunks = (...texts: readonly string[]): Readable => Readable.from(texts.map((text) => Buffer.from(text)));

test('heldStream() lets go once it was read to its end', async () => {
  const { stream, released } = held(chunks('a', 'b'));
  const closed = once(stream, 'close');
  assert.equal((await buffer(stream)).toString(), 'ab');
  await closed;
  assert.equal(released(), 1);
});

test('heldStream() lets go, and ends what it reads, when it is given up before its first byte', async () => {
  const archive = new Readable({ read() {} });
  const { stream, released } = held(archive);
  stream.destroy();
  await once(stream, 'close');
  assert.deepEqual([released(), archive.destroyed], [1, true]);
});

test('heldStream() passes a failure on, and lets go', async () => {
  const archive = new Readable({
    read() {
      this.destroy(new Error('broken'));
    },
  });
  const { stream, released } = held(archive);
  const closed = new Promise((resolve) => stream.once('close', resolve));
  await assert.rejects(buffer(stream), /broken/);
  await closed;
  assert.equal(released(), 1);
});
