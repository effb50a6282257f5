import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { Outlet } from './outlet.ts';

/** Keeps the size of every write it is given, and what was written. */
class Sink extends Writable {
  readonly sizes: number[] = [];
  text = '';
  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.sizes.push(piece.length);
    this.text += piece.toString('latin1');
    done();
  }
}

test('small pieces go out as few writes, large ones by themselves, all in their order', async () => {
  const sink = new Sink({ highWaterMark: 1 << 20 });
  const outlet = new Outlet(sink);
  for (let n = 0; n < 1000; n++) outlet.write(`${n},`);
  outlet.write('head,', Buffer.alloc(5000, 'x'));
  outlet.write(',tail');
  outlet.end();
  const numbers = Array.from({ length: 1000 }, (_, n) => `${n},`).join('');
  assert.equal(sink.text, `${numbers}head,${'x'.repeat(5000)},tail`);
  assert.deepEqual(sink.sizes, [numbers.length + 5, 5000, 5]);
});

test('what was given before the event loop turns is written when it does, without an end', async () => {
  const sink = new Sink();
  const outlet = new Outlet(sink);
  outlet.write('a');
  outlet.write('b');
  assert.equal(sink.text, '');
  await new Promise(setImmediate);
  assert.deepEqual([sink.text, sink.sizes], ['ab', [2]]);
});

test('a source that never lets the event loop turn is held back once the stream is full', () => {
  const stuck = new Writable({ write() {} });
  const outlet = new Outlet(stuck);
  let given = 0;
  while (outlet.write('x'.repeat(100)) === undefined && given < 10_000) given++;
  assert.ok(given < 1000, `${given} pieces of 100 bytes were taken`);
  stuck.destroy();
  assert.equal(outlet.write('late'), undefined);
});
