import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { decompressed, sniff } from './compression.ts';

const text = Buffer.concat([randomBytes(9000), Buffer.alloc(9000, 'abc')]);

function pieces(bytes: Buffer, size: number): Readable {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return Readable.from(parts, { objectMode: false });
}

const skippable = Buffer.from('502a4d1803000000aabbcc', 'hex');
const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const cases: Readonly<Record<string, () => Buffer>> = {
  'no compression': () => text,
  gzip: () => gzipSync(text),
  'two gzip members': () => Buffer.concat([gzipSync(text.subarray(0, 9)), gzipSync(text.subarray(9))]),
  zstd: () => zstdCompressSync(text),
  'many zstd frames, some to skip, some with a checksum': () =>
    Buffer.concat([
      zstdCompressSync(text.subarray(0, 5), checked),
      skippable,
      zstdCompressSync(text.subarray(5, 12_000)),
      zstdCompressSync(Buffer.alloc(0)),
      skippable,
      zstdCompressSync(text.subarray(12_000), checked),
    ]),
  bzip2: () => execFileSync('bzip2', ['-c'], { input: text }),
  xz: () => execFileSync('xz', ['-c'], { input: text }),
};

for (const [name, compress] of Object.entries(cases)) {
  for (const size of [1, 4096, 1 << 20]) {
    test(`decompressed() reads ${name} in pieces of ${size} bytes`, async () => {
      const source = pieces(compress(), size);
      assert.ok((await buffer(await decompressed(source))).equals(text));
    });
  }
}

for (const name of ['gzip', 'zstd', 'xz'] as const) {
  test(`decompressed() fails when ${name} data is cut short`, async () => {
    const bytes = cases[name]!();
    const source = pieces(bytes.subarray(0, bytes.length - 3000), 4096);
    await assert.rejects(decompressed(source).then(buffer));
  });
}

test('decompressed() fails when the source fails, before and after the first bytes', async () => {
  for (const good of [[], [gzipSync(text).subarray(0, 500)]]) {
    const source = Readable.from(
      (async function* broken() {
        yield* good;
        throw new Error('line cut');
      })(),
      { objectMode: false },
    );
    await assert.rejects(decompressed(source).then(buffer), /line cut/);
  }
});

test('decompressed() reads nothing as nothing', async () => {
  assert.equal((await buffer(await decompressed(Readable.from([], { objectMode: false })))).length, 0);
});

test('decompressed() lets others go on while it waits for a slow beginning, and for the end of a short one', async () => {
  for (const rest of ['', 'and the rest']) {
    const source = new PassThrough();
    source.write('junk');
    setTimeout(() => source.end(rest), 20);
    assert.equal((await buffer(await decompressed(source))).toString(), `junk${rest}`);
  }
});

test('sniff() takes a short or unknown beginning for no compression', () => {
  assert.equal(sniff(Buffer.from([0x1f])), 'none');
  assert.equal(sniff(Buffer.from('./etc/')), 'none');
});
