import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frames, frame } from './frames.ts';

test('Frames finds the messages however the stream is cut', () => {
  const messages = ['', 'a', 'bc'.repeat(300)].map((text) => Buffer.from(text));
  const stream = Buffer.concat(messages.map(frame));
  for (const size of [1, 2, 3, 7, stream.length]) {
    const frames = new Frames();
    const found: Buffer[] = [];
    for (let at = 0; at < stream.length; at += size) found.push(...frames.push(stream.subarray(at, at + size)));
    assert.deepEqual(found, messages, `pieces of ${size}`);
  }
});
