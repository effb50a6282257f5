import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { archive, folder, imageLab, leftovers, type Member, stream, unpack } from './image-lab.ts';

/** A file of ours outside every layer; no archive may reach it. */
function victim(t: TestContext): string {
  const path = join(folder(t), 'victim');
  writeFileSync(path, 'untouched', { mode: 0o640 });
  return path;
}

const climb = '../'.repeat(30);

for (const [what, members] of [
  ['climbs with ".."', (path: string): Member[] => [{ name: `${climb}${path.slice(1)}`, content: 'bad' }]],
  [
    'hard-links to what is outside',
    (path: string): Member[] => [
      { name: 'l', type: 'link', linkname: `${climb}${path.slice(1)}` },
      { name: 'l', content: 'bad' },
    ],
  ],
  ['hard-links to an absolute name', (path: string): Member[] => [{ name: 'l', type: 'link', linkname: path }]],
  ['writes below a file', (): Member[] => [{ name: 'f' }, { name: 'f/x', content: 'bad' }]],
  ['is of an unknown type', (): Member[] => [{ name: 'f', type: 'Z' as 'file' }]],
  ['makes the root a file', (): Member[] => [{ name: './', type: 'symlink', linkname: '/etc' }]],
] as const) {
  test(`a layer that ${what} is refused, and nothing is left`, async (t) => {
    const [lab, path] = [await imageLab(t), victim(t)];
    const before = leftovers(lab.root);
    const bytes = await archive(members(path));
    if (what === 'is of an unknown type') patchType(bytes, 'Z');
    await assert.rejects(unpack(lab, bytes), { kind: 'invalid', message: /^invalid archive: / });
    assert.equal(readFileSync(path, 'utf8'), 'untouched');
    assert.deepEqual(leftovers(lab.root), before);
    assert.deepEqual(lab.images.list(), []);
  });
}

/** tar-stream writes known types only: changes the first member's, and its checksum. */
function patchType(bytes: Buffer, type: string): void {
  bytes.write(type, 156);
  bytes.write('        ', 148);
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}

for (const [what, members, inside] of [
  ['an absolute name', (path: string): Member[] => [{ name: path, content: 'in' }], (path: string): string => path],
  [
    'a name through an absolute link',
    (path: string): Member[] => [
      { name: `${path.slice(1)}/../x`, content: 'x' },
      { name: 'out', type: 'symlink', linkname: join(path, '..') },
      { name: 'out/victim', content: 'in' },
    ],
    (path: string): string => path,
  ],
  [
    'a name through a link that climbs',
    (): Member[] => [
      { name: 'out', type: 'symlink', linkname: climb },
      { name: 'out/file', content: 'in' },
    ],
    (): string => '/file',
  ],
] as const) {
  test(`${what} stays inside the layer`, async (t) => {
    const [lab, path] = [await imageLab(t), victim(t)];
    const layer = await unpack(lab, await archive(members(path)));
    assert.equal(readFileSync(path, 'utf8'), 'untouched');
    assert.equal(readFileSync(join(layer.path, inside(path)), 'utf8'), 'in');
    assert.ok(!existsSync('/file'));
  });
}

test('a link as the last part of a name is replaced, not followed', async (t) => {
  const [lab, path] = [await imageLab(t), victim(t)];
  const members: Member[] = [
    { name: 'inner', content: 'old' },
    { name: 'l', type: 'symlink', linkname: 'inner' },
    { name: 'l', content: 'new', mode: 0o600 },
  ];
  const layer = await unpack(lab, await archive(members));
  assert.equal(readFileSync(join(layer.path, 'inner'), 'utf8'), 'old');
  assert.ok(lstatSync(join(layer.path, 'l')).isFile());
  assert.equal(readFileSync(path, 'utf8'), 'untouched');
});

test('a whiteout cannot hide or delete anything outside its layer', async (t) => {
  const [lab, path] = [await imageLab(t), victim(t)];
  const members: Member[] = [{ name: 'out', type: 'symlink', linkname: join(path, '..') }, { name: 'out/.wh.victim' }];
  await assert.rejects(unpack(lab, await archive(members)), { kind: 'invalid' });
  assert.equal(readFileSync(path, 'utf8'), 'untouched');
});

test('a small archive that unpacks to thousands of times its size is refused', async (t) => {
  const lab = await imageLab(t);
  const before = leftovers(lab.root);
  // Frames of zstd may follow one another: 5 GiB from some 500 KB.
  const frame = zstdCompressSync(Buffer.alloc(64 << 20));
  const head = Buffer.from(await archive([{ name: 'zeros', content: 'x' }])).subarray(0, 512);
  head.write(`${(5 * 2 ** 30).toString(8).padStart(11, '0')}\0`, 124);
  patchType(head, '0');
  const bomb = Buffer.concat([zstdCompressSync(head), ...Array<Buffer>(80).fill(frame)]);
  const config = JSON.stringify({ os: 'linux', rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`] } });
  const manifest = JSON.stringify([{ Config: 'c', RepoTags: ['bomb:1'], Layers: ['l'] }]);
  const image = await archive([
    { name: 'c', content: config },
    { name: 'l', content: bomb },
    { name: 'manifest.json', content: manifest },
  ]);
  await assert.rejects(Array.fromAsync(lab.images.load(stream(image))), { kind: 'invalid', message: /thousand times/ });
  assert.deepEqual(leftovers(lab.root), before);
});

test('a tree deeper than any path can be long is deleted with its image', async (t) => {
  const lab = await imageLab(t);
  const long = `${'d/'.repeat(1900)}`;
  const members: Member[] = [
    { name: long, type: 'directory' },
    { name: 'jump', type: 'symlink', linkname: `/${long}` },
    { name: `jump/${long}`, type: 'directory' },
  ];
  const { id } = await unpack(lab, await archive(members));
  await lab.images.remove(id, { force: false, prune: true, inUse: () => undefined });
  await lab.images[Symbol.asyncDispose]();
  assert.deepEqual(readdirSync(join(lab.root, 'trash')), []);
});

test('start() removes what a killed engine was unpacking or writing', async (t) => {
  const lab = await imageLab(t);
  const before = leftovers(lab.root);
  mkdirSync(join(lab.root, 'layers/.incoming-1/etc'), { recursive: true });
  mkdirSync(join(lab.root, 'content/incoming/1'));
  writeFileSync(join(lab.root, 'content/incoming/1/0'), 'half');
  writeFileSync(join(lab.root, 'content/blobs/sha256', 'a'.repeat(64)), 'kept, but without a record');
  await lab.images.start();
  assert.deepEqual(leftovers(lab.root), before);
  await lab.images[Symbol.asyncDispose]();
  assert.deepEqual(readdirSync(join(lab.root, 'trash')), []);
});
