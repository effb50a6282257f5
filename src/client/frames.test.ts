import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demultiplex } from './frames.ts';
import { jsonLines } from './lines.ts';

function frame(stream: number, text: string): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const bytes = Buffer.concat([frame(1, 'first'), frame(2, 'second'), frame(1, ''), frame(1, 'third')]);

for (const size of [1, 3, 8, 9, 1000]) {
  test(`demultiplex() tells streams apart, ${size} bytes at a time`, async () => {
    const seen = { stdout: '', stderr: '' };
    for await (const { stream, data } of demultiplex(pieces(bytes, size))) seen[stream] += data.toString();
    assert.deepEqual(seen, { stdout: 'firstthird', stderr: 'second' });
  });
  test(`jsonLines() finds documents, ${size} bytes at a time`, async () => {
    const text = Buffer.from('{"a":"ä"}\n\n{"a":2}\r\n{"a":3}');
    const seen: unknown[] = [];
    for await (const value of jsonLines<{ a: unknown }>(pieces(text, size))) seen.push(value.a);
    assert.deepEqual(seen, ['ä', 2, 3]);
  });
}
