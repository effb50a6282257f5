import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Entry } from './header.ts';
import { TarReader } from './tar.ts';

/** Reads an archive in pieces of `step` bytes; contents as text. */
function read(archive: Buffer, step: number): { entry: Entry; content: string }[] {
  const found: { entry: Entry; content: string }[] = [];
  let content = '';
  const reader = new TarReader({
    begin: (entry) => {
      content = '';
      found.push({ entry, content });
    },
    data: (chunk) => {
      content += chunk.toString('latin1');
    },
    end: () => {
      found.at(-1)!.content = content;
    },
  });
  for (let at = 0; at < archive.length; at += step) reader.push(archive.subarray(at, at + step));
  reader.finish();
  return found;
}

const longName = `${'long-folder-name/'.repeat(9)}${'x'.repeat(140)}`;

/** A folder with what formats differ in: long names, long links, odd bytes, large numbers, fractions of seconds. */
function sample(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'portolan-tar-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, longName, '..'), { recursive: true });
  writeFileSync(join(root, longName), 'deep');
  writeFileSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), 'odd');
  symlinkSync('t'.repeat(150), join(root, 'link'));
  writeFileSync(join(root, 'file'), 'x'.repeat(1500));
  utimesSync(join(root, 'file'), 1.25, 1.25);
  return root;
}

for (const format of ['posix', 'gnu']) {
  for (const step of [1, 511, 512, 1 << 20]) {
    test(`TarReader reads GNU tar's ${format} format in pieces of ${step} bytes`, (t) => {
      const args = ['-C', sample(t), `--format=${format}`, '--owner=:70000', '--group=:3000000', '-cf', '-', '.'];
      const byName = new Map(read(execFileSync('tar', args), step).map((one) => [one.entry.name, one]));
      assert.equal(byName.get(`./${longName}`)?.content, 'deep');
      assert.equal(byName.get('./caf\xe9')?.content, 'odd');
      assert.equal(byName.get('./link')?.entry.linkname, 't'.repeat(150));
      const file = byName.get('./file')!;
      assert.equal(file.content, 'x'.repeat(1500));
      assert.deepEqual([file.entry.uid, file.entry.gid], [70000, 3000000]);
      assert.deepEqual(file.entry.mtime, { seconds: 1, nanoseconds: format === 'posix' ? 250_000_000 : 0 });
    });
  }
}

test('TarReader keeps the bytes of binary PAX values', () => {
  const value = '\x01\x00\x00\x02\xff\xe9\n\x80';
  const record = ` SCHILY.xattr.security.capability=${value}\n`;
  const pax = `${record.length + 2}${record}`;
  const [file] = read(Buffer.concat([header('x', 'pax', pax.length), padded(pax), header('0', 'f', 0), end]), 512);
  assert.equal(file?.entry.xattrs.get('security.capability'), value);
});

test('TarReader takes an archive that ends with its last file, as docker build -f sends it', () => {
  const [file] = read(Buffer.concat([header('0', 'f', 3), Buffer.from('abc')]), 512);
  assert.equal(file?.content, 'abc');
});

for (const [what, archive] of [
  ['cut in a header', (): Buffer => header('0', 'f', 0).subarray(0, 100)],
  ['cut in a file', (): Buffer => Buffer.concat([header('0', 'f', 600), padded('a')])],
  ['cut after a PAX header', (): Buffer => Buffer.concat([header('x', 'p', 9), padded('9 a=bcde\n')])],
] as const) {
  test(`TarReader says unexpected EOF of an archive ${what}`, () => {
    assert.throws(() => read(archive(), 512), { kind: 'invalid', message: 'unexpected EOF' });
  });
}

for (const [what, archive] of [
  ['bytes that are no header', (): Buffer => Buffer.alloc(512, 'a')],
  ['a changed header', (): Buffer => Buffer.from(header('0', 'f', 0)).fill('z', 0, 1)],
  ['a negative size', (): Buffer => header('0', 'f', -1)],
  ['PAX records that lie about their length', (): Buffer => Buffer.concat([header('x', 'p', 8), padded('99 a=b\n')])],
] as const) {
  test(`TarReader refuses ${what}`, () => {
    assert.throws(() => read(archive(), 512), { kind: 'invalid', message: 'archive/tar: invalid tar header' });
  });
}

test('TarReader refuses metadata that would fill the memory', () => {
  assert.throws(() => read(header('L', 'f', 1 << 30), 512), { message: 'archive/tar: header field too long' });
});

const end = Buffer.alloc(1024);

function padded(text: string): Buffer {
  const body = Buffer.from(text, 'latin1');
  return Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** A ustar block by hand: what a well-behaved writer would never make. A negative size in base 256. */
function header(type: string, name: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0000644\0', 100);
  if (size < 0) block.fill(0xff, 124, 136);
  else block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
