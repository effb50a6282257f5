import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { archive, folder, type ImageLab, imageLab, leftovers, type Member, stream, unpack } from './image-lab.ts';

const sha = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const sum = (bytes: Buffer | string): string => `sha256:${sha(bytes)}`;
const load = (lab: ImageLab, bytes: Buffer): Promise<unknown[]> => Array.fromAsync(lab.images.load(stream(bytes)));

const layerOf = (content: string): Promise<Buffer> => archive([{ name: 'file', content }]);
const document = (...layers: Buffer[]): string =>
  JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    extra: ' kept ',
    rootfs: { type: 'layers', diff_ids: layers.map(sum) },
  });

/** A docker-archive; `layers` may be compressed, the document names what is inside. */
async function dockerArchive(
  config: string,
  layers: readonly Buffer[],
  tags: readonly string[] | null,
): Promise<Buffer> {
  const names = layers.map((_, i) => `${i}/layer.tar`);
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: tags, Layers: names }]);
  return archive([
    ...layers.map((content, i) => ({ name: names[i]!, content })),
    { name: 'config.json', content: config },
    { name: 'manifest.json', content: manifest },
  ]);
}

for (const [name, compress] of [
  ['plain', (bytes: Buffer): Buffer => bytes],
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`load() and save() keep the id of an image with ${name} layers, and save() repeats itself`, async (t) => {
    const [lab, other] = [await imageLab(t), await imageLab(t)];
    const layers = [await layerOf('one'), await layerOf('two')];
    const config = document(...layers);
    const lines = await load(
      lab,
      compress(
        await dockerArchive(
          config,
          layers.map((layer) => compress(layer)),
          ['me/app:1', 'app:2'],
        ),
      ),
    );
    assert.deepEqual(lines.slice(-2), [{ stream: 'Loaded image: me/app:1\n' }, { stream: 'Loaded image: app:2\n' }]);
    assert.equal(lab.images.get('app:2').id, sum(config));
    const saved = await buffer(lab.images.save(['app:2', 'me/app']));
    assert.deepEqual(await buffer(lab.images.save(['me/app', 'app:2'])), saved);
    await load(other, saved);
    assert.equal(other.images.get('me/app:1').id, sum(config));
    assert.deepEqual(other.images.get('app:2').tags, ['app:2', 'me/app:1']);
    assert.deepEqual(await buffer(other.images.save(['app:2', 'me/app'])), saved);
  });
}

test('save() by id leaves the names out; load() then reports the id', async (t) => {
  const [lab, other] = [await imageLab(t), await imageLab(t)];
  const layer = await layerOf('x');
  await load(lab, await dockerArchive(document(layer), [layer], ['a:1']));
  const { id } = lab.images.get('a:1');
  const lines = await load(other, await buffer(lab.images.save([id.slice(7, 19)])));
  assert.deepEqual(lines.at(-1), { stream: `Loaded image ID: ${id}\n` });
  assert.throws(() => lab.images.save(['nope']), { kind: 'not-found', message: 'No such image: nope:latest' });
});

test('what save() writes is an OCI layout that holds without its manifest.json', async (t) => {
  const [lab, other] = [await imageLab(t), await imageLab(t)];
  const layer = await layerOf('x');
  await load(lab, await dockerArchive(document(layer), [layer], ['a:1', 'b:2']));
  const at = folder(t);
  execFileSync('tar', ['-C', at, '-xf', '-'], { input: await buffer(lab.images.save(['a:1', 'b:2'])) });
  const rest = ['index.json', 'oci-layout', 'blobs'];
  await load(other, execFileSync('tar', ['-C', at, '-cf', '-', ...rest]));
  assert.deepEqual(other.images.get(lab.images.get('a:1').id).tags, ['a:1', 'b:2']);
});

/** Blobs under their digests, and what names them. */
const blob = (content: string | Buffer): Member => ({ name: `blobs/sha256/${sha(content)}`, content });
const describe = (content: string | Buffer, more: object = {}): object => ({
  digest: sum(content),
  size: content.length,
  ...more,
});

test('load() takes from a nested OCI index the manifest for this machine', async (t) => {
  const lab = await imageLab(t);
  const layer = await layerOf('x');
  const config = document(layer);
  const manifest = JSON.stringify({ schemaVersion: 2, config: describe(config), layers: [describe(layer)] });
  const mine = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const nested = JSON.stringify({
    manifests: [
      describe('{}', { platform: { os: 'linux', architecture: 's390x' } }),
      describe(manifest, { platform: { os: 'linux', architecture: mine } }),
      describe('{}', { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }),
    ],
  });
  const entry = describe(nested, {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    annotations: { 'io.containerd.image.name': 'docker.io/me/multi:v1' },
  });
  const index = { name: 'index.json', content: JSON.stringify({ manifests: [entry] }) };
  await load(lab, await archive([index, blob(nested), blob(manifest), blob(config), blob(layer)]));
  assert.equal(lab.images.get('me/multi:v1').id, sum(config));
});

test('load() takes an archive of Docker before 1.10', async (t) => {
  const lab = await imageLab(t);
  const command = { Cmd: ['/bin/sh', '-c', '#(nop) ADD file'] };
  await load(
    lab,
    await archive([
      { name: 'base/json', content: JSON.stringify({ id: 'base', container_config: command }) },
      { name: 'base/layer.tar', content: await layerOf('base') },
      { name: 'top/json', content: JSON.stringify({ id: 'top', parent: 'base', config: { Cmd: ['sh'] } }) },
      { name: 'top/layer.tar', content: await layerOf('top') },
      { name: 'repositories', content: JSON.stringify({ old: { '1': 'top' } }) },
    ]),
  );
  const image = lab.images.get('old:1');
  assert.deepEqual(image.document.rootfs.diff_ids, [sum(await layerOf('base')), sum(await layerOf('top'))]);
  assert.deepEqual(image.document.config?.Cmd, ['sh']);
});

test('load() follows the link that stands for a layer that occurs twice', async (t) => {
  const [lab, at] = [await imageLab(t), folder(t)];
  const layer = await layerOf('x');
  execFileSync('mkdir', [join(at, 'a'), join(at, 'b')]);
  writeFileSync(join(at, 'a/layer.tar'), layer);
  symlinkSync('../a/layer.tar', join(at, 'b/layer.tar'));
  writeFileSync(join(at, 'c.json'), document(layer, layer));
  const manifest = [{ Config: 'c.json', RepoTags: ['twice:1'], Layers: ['a/layer.tar', 'b/layer.tar'] }];
  writeFileSync(join(at, 'manifest.json'), JSON.stringify(manifest));
  await load(lab, execFileSync('tar', ['-C', at, '-cf', '-', '.']));
  const merged = await lab.images.rootfs.mount('c1', lab.images.get('twice:1').id);
  assert.equal(execFileSync('cat', [join(merged, 'file')], { encoding: 'utf8' }), 'x');
});

test('load() of a name that is taken says so, and the old image keeps its id only', async (t) => {
  const lab = await imageLab(t);
  const [one, two] = [await layerOf('one'), await layerOf('two')];
  await load(lab, await dockerArchive(document(one), [one], ['a:1']));
  const { id } = lab.images.get('a:1');
  const lines = await load(lab, await dockerArchive(document(two), [two], ['a:1']));
  const text = `The image a:1 already exists, renaming the old one with ID ${id} to empty string\n`;
  assert.deepEqual(lines.at(-2), { stream: text });
  assert.deepEqual(lab.images.get(id).tags, []);
});

const broken: Readonly<Record<string, readonly [make: () => Promise<Buffer>, message: RegExp]>> = {
  'no archive at all': [async () => Buffer.from('hello '.repeat(200)), /Invalid tar header/],
  'an empty body': [async () => Buffer.alloc(0), /^invalid archive: it holds no manifest\.json/],
  'an archive of something else': [() => archive([{ name: 'a' }]), /^invalid archive: it holds no manifest\.json/],
  'an archive cut short': [async () => (await good()).subarray(0, 1500), /^unexpected EOF$/],
  'a compressed archive cut short': [async () => gzipSync(await good()).subarray(0, 150), /^unexpected EOF$/],
  'a manifest that is not JSON': [
    () => archive([{ name: 'manifest.json', content: '[{' }]),
    /^invalid archive: manifest\.json is not JSON$/,
  ],
  'a manifest of another shape': [
    () => archive([{ name: 'manifest.json', content: '[{"Config":7}]' }]),
    /^invalid archive: manifest\.json: .*Expected string but received 7/s,
  ],
  'a configuration that is not there': [
    () => archive([{ name: 'manifest.json', content: '[{"Config":"../../etc/hostname"}]' }]),
    /no such file in the archive$/,
  ],
  'a layer of another digest': [
    async () => dockerArchive(document(await layerOf('said')), [await layerOf('is')], ['a:1']),
    /^invalid diffID for layer 0: expected "sha256:[0-9a-f]{64}", got "sha256:[0-9a-f]{64}"$/,
  ],
  'a compressed layer of another digest': [
    async () => dockerArchive(document(await layerOf('said')), [gzipSync(await layerOf('is'))], ['a:1']),
    /^invalid diffID for layer 0/,
  ],
  'a good layer and then a bad one': [
    async () =>
      dockerArchive(document(await layerOf('ok'), await layerOf('said')), [await layerOf('ok'), Buffer.alloc(9)], null),
    /^invalid diffID for layer 1/,
  ],
  'fewer layers than the configuration says': [
    async () => dockerArchive(document(await layerOf('a')), [], ['a:1']),
    /^invalid manifest, layers length mismatch: expected 1, got 0$/,
  ],
  'a bad name': [async () => dockerArchive(document(), [], ['UPPER:1']), /must be lowercase$/],
  'an image of another system': [
    async () => dockerArchive('{"os":"windows","rootfs":{}}', [], null),
    /^cannot load windows image on linux$/,
  ],
  'an OCI blob with other bytes than its digest': [
    () =>
      archive([
        { name: 'index.json', content: JSON.stringify({ manifests: [describe('a')] }) },
        { ...blob('a'), content: 'b' },
      ]),
    /has the digest sha256:/,
  ],
};

async function good(): Promise<Buffer> {
  const layer = await layerOf('x'.repeat(4000));
  return dockerArchive(document(layer), [layer], ['a:1']);
}

for (const [what, [make, message]] of Object.entries(broken)) {
  test(`load() refuses ${what} and leaves nothing`, async (t) => {
    const lab = await imageLab(t);
    const before = leftovers(lab.root);
    await assert.rejects(load(lab, await make()), { kind: 'invalid', message });
    assert.deepEqual(leftovers(lab.root), before);
    assert.deepEqual(lab.images.list(), []);
    assert.equal(lab.images.layersSize(), 0);
  });
}

test('remove() keeps the layers that another image has', async (t) => {
  const lab = await imageLab(t);
  const [base, own] = [await layerOf('base'), await layerOf('own')];
  const before = leftovers(lab.root);
  await load(lab, await dockerArchive(document(base), [base], ['base:1']));
  const shared = leftovers(lab.root);
  await load(lab, await dockerArchive(document(base, own), [base, own], ['app:1']));
  const options = { force: false, prune: true, inUse: () => undefined };
  await lab.images.remove('app:1', options);
  assert.deepEqual(leftovers(lab.root), shared);
  await lab.images.remove('base:1', options);
  assert.deepEqual(leftovers(lab.root), before);
});

test('import() takes changes, a name and a comment, and checks them before it reads', async (t) => {
  const lab = await imageLab(t);
  const options = { repo: 'mine:v1', tag: '', message: 'Imported from -', changes: ['CMD ["true"]', 'ENV A=b'] };
  const id = await lab.images.import(stream(await layerOf('x')), options);
  assert.deepEqual(lab.images.get('mine:v1').document.config, { Cmd: ['true'], Env: ['A=b'] });
  assert.equal(lab.images.history(id)[0]!.Comment, 'Imported from -');
  const untouched = stream(Buffer.from('not read'));
  await assert.rejects(lab.images.import(untouched, { ...options, changes: ['RUN x'] }), { kind: 'invalid' });
  await assert.rejects(lab.images.import(untouched, { ...options, repo: 'Bad' }), { kind: 'invalid' });
  await assert.rejects(unpack(lab, Buffer.from('no archive, but longer than one block. '.repeat(20))), {
    kind: 'invalid',
    message: 'archive/tar: invalid tar header',
  });
});
