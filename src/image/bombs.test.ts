import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { bombIn } from './bombs.ts';
import { decompressed } from './compression.ts';

const GiB = 2 ** 30;

test('bombIn() minds size and ratio together', () => {
  assert.equal(bombIn(1, 4 * GiB), undefined);
  assert.equal(bombIn(6 * 2 ** 20, 5 * GiB), undefined);
  assert.equal(bombIn(4 * 2 ** 20, 5 * GiB)?.kind, 'invalid');
});

test('decompressed() gives what is in an archive, and fails within one that goes on and on', async () => {
  const zeros = zstdCompressSync(Buffer.alloc(64 * 2 ** 20));
  const sizeOf = async (frames: number): Promise<number> => {
    let size = 0;
    const source = Readable.from(Array.from({ length: frames }, () => zeros));
    for await (const chunk of (await decompressed(source)) as AsyncIterable<Buffer>) size += chunk.length;
    return size;
  };
  assert.equal(await sizeOf(2), 128 * 2 ** 20);
  await assert.rejects(sizeOf(100), { kind: 'invalid', message: /thousand times/ });
});
