import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

test('busybox:latest is there at the first start, assembled from the machine', async () => {
  assert.equal(await bench.engine.ok('images', '--format', '{{.Repository}}:{{.Tag}}'), 'busybox:latest');
});

test('save and load keep the image’s id; tag and rmi say what they did', async () => {
  const { engine } = bench;
  const id = await engine.ok('images', '-q', '--no-trunc', 'busybox');
  const file = join(engine.folder, 'saved.tar');
  await engine.ok('tag', 'busybox', 'demo/copy:1');
  await engine.ok('save', '-o', file, 'demo/copy:1');
  assert.equal(await engine.ok('rmi', 'demo/copy:1'), 'Untagged: demo/copy:1');
  assert.equal(await engine.ok('load', '-i', file), 'Loaded image: demo/copy:1');
  assert.equal(await engine.ok('images', '-q', '--no-trunc', 'demo/copy'), id);
  await engine.ok('rmi', 'demo/copy:1');
});

test('import makes an image that runs, with the changes asked for; history shows it; prune takes it', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('create', '--name', 'source', 'busybox');
    const root = join(engine.folder, 'root.tar');
    await bench.host.must('sh', [
      '-c',
      `mkdir -p ${engine.folder}/root/bin && cp /bin/busybox ${engine.folder}/root/bin/ && tar -C ${engine.folder}/root -cf ${root} .`,
    ]);
    const id = await engine.ok(
      'import',
      '-c',
      'CMD ["/bin/busybox","echo","imported"]',
      '-c',
      'LABEL tier=test',
      root,
      'made:1',
    );
    assert.match(id, /^sha256:[0-9a-f]{64}$/);
    assert.equal(await engine.ok('run', '--rm', 'made:1'), 'imported');
    assert.equal((await engine.ok('history', '-q', 'made:1')).split('\n').length, 1);
    assert.equal(await engine.ok('image', 'inspect', '-f', '{{.Config.Labels.tier}}', 'made:1'), 'test');
    assert.equal(await engine.ok('image', 'inspect', '-f', '{{.Comment}}', 'made:1'), 'Imported from -');
    assert.match((await engine.docker('rmi', 'busybox')).stderr, /is using its referenced image/);
    await engine.ok('rmi', 'made:1');
    await engine.ok('rm', 'source');
  });
});

test('a file that is no image is refused, and nothing stays', async () => {
  const { engine } = bench;
  const file = join(engine.folder, 'noise.tar');
  writeFileSync(file, Buffer.alloc(5000, 'noise'));
  await leavesNothing(engine, async () => {
    assert.equal((await engine.docker('load', '-i', file)).code, 1);
  });
});

/** An index that finds two repositories, whatever it is asked, and says the question. */
const fakeIndex = `
require('node:http').createServer(({ url }, response) => response.end(JSON.stringify({ results: [
  { name: 'team/app', description: url, star_count: 30, is_official: false },
  { name: 'app', description: 'the app', star_count: 2, is_official: true },
] }))).listen(5999, '127.0.0.1', () => console.log('ready'));`;

test('docker search asks the index that the term names, filters, and says what is wrong with one that is not there', async () => {
  const { engine, host } = bench;
  const index = host.spawn(process.execPath, ['-e', fakeIndex], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(index.stdout!, 'data');
  const search = async (...args: readonly string[]) =>
    (await engine.ok('search', '--format', '{{.Name}} {{.StarCount}} {{.Description}}', ...args)).split('\n');
  const app = 'team/app 30 /v1/search?q=app&n=7';
  assert.deepEqual(await search('--limit', '7', '127.0.0.1:5999/app'), [app, 'app 2 the app']);
  assert.deepEqual(await search('--limit', '7', '--filter', 'stars=3', '127.0.0.1:5999/app'), [app]);
  assert.deepEqual(await search('--filter', 'is-official=true', '127.0.0.1:5999/app'), ['app 2 the app']);
  index.kill();
  await once(index, 'exit');
  const { stderr } = await engine.docker('search', '127.0.0.1:5999/app');
  assert.match(stderr, /invalid registry endpoint .* HTTP attempt: Get .*127\.0\.0\.1:5999.*connection refused/);
});
