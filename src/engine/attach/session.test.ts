import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { Attachment } from '../../runtime/index.ts';
import { session } from './session.ts';

/** A process that reads slowly; `events` tells what it was given, and when its client was let go of. */
function slowProcess(events: string[]): Attachment {
  const stdin = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      events.push(`${chunk}`);
      setTimeout(done, 5);
    },
    final(done) {
      events.push('end');
      done();
    },
  });
  return { stdin, output: (async function* () {})(), detach: () => void events.push('detached') } as Attachment;
}

const options = { tty: false, stdin: true, wants: () => true };

for (const comes of ['before', 'after'] as const) {
  test(`what was sent before a client leaves reaches a process that is attached ${comes}, and then its end`, async () => {
    const events: string[] = [];
    const { promise, resolve } = Promise.withResolvers<Attachment>();
    const live = session(promise, options);
    if (comes === 'before') resolve(slowProcess(events));
    for (const word of ['one', 'two', 'three']) live.stdin!.write(word);
    live.stdin!.end();
    live.detach();
    if (comes === 'after') resolve(slowProcess(events));
    await new Promise((done) => setTimeout(done, 100));
    assert.deepEqual(events, ['one', 'two', 'three', 'end', 'detached']);
  });
}

test('a client that leaves without an end of what it sends is let go of at once', async () => {
  const events: string[] = [];
  const live = session(Promise.resolve(slowProcess(events)), options);
  await new Promise((done) => setImmediate(done));
  live.detach();
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(events, ['detached']);
});
