import assert from 'node:assert/strict';
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
