import assert from 'node:assert/strict';
import { createReadStream, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { pack } from 'tar-stream';
import { processesNaming } from '../lab/processes.ts';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

/** A folder of this file's own on the host. */
function scratch(name: string): string {
  const path = join(bench.engine.folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Takes what `docker cp` cannot say: an archive of ones own making. */
function archiveOf(members: readonly { readonly name: string; readonly [key: string]: unknown }[]): Promise<Buffer> {
  const tar = pack();
  for (const { content = '', ...header } of members) tar.entry(header as never, content as string);
  tar.finalize();
  return buffer(tar);
}

type Answer = { readonly status: number; readonly body: Buffer; readonly headers: NodeJS.Dict<string | string[]> };

function api(method: string, path: string, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: bench.engine.socket, method, path }, (response) => {
      buffer(response).then(
        (bytes) => resolve({ status: response.statusCode!, body: bytes, headers: response.headers }),
        reject,
      );
    });
    sent.on('error', reject).end(body);
  });
}

const put = (container: string, path: string, body: Buffer): Promise<Answer> =>
  api('PUT', `/containers/${container}/archive?path=${encodeURIComponent(path)}`, body);

const messageOf = ({ body }: Answer): string => (JSON.parse(body.toString()) as { message: string }).message;

for (const state of ['created', 'running', 'paused', 'exited'] as const) {
  test(`docker cp moves files and folders both ways while the container is ${state}`, async () => {
    const { engine } = bench;
    const here = scratch(`both-${state}`);
    mkdirSync(join(here, 'tree/deep'), { recursive: true });
    writeFileSync(join(here, 'tree/deep/file'), 'deep\n', { mode: 0o640 });
    writeFileSync(join(here, 'one'), 'one\n');
    symlinkSync('deep/file', join(here, 'tree/link'));
    await leavesNothing(engine, async () => {
      await engine.ok('create', '--name', 'box', '-v', 'cpdata:/data', 'busybox', 'sleep', '1000');
      if (state !== 'created') await engine.ok('start', 'box');
      if (state === 'paused') await engine.ok('pause', 'box');
      if (state === 'exited') await engine.ok('kill', 'box');
      await engine.ok('cp', `${here}/one`, 'box:/tmp/uno');
      await engine.ok('cp', `${here}/tree`, 'box:/data');
      await engine.ok('cp', `${here}/tree/.`, 'box:/tmp');
      await engine.ok('cp', 'box:/data/tree', `${here}/back`);
      assert.equal(readFileSync(join(here, 'back/deep/file'), 'utf8'), 'deep\n');
      assert.equal(statSync(join(here, 'back/deep/file')).mode & 0o777, 0o640);
      assert.equal(readFileSync(join(here, 'back/link'), 'utf8'), 'deep\n');
      await engine.ok('cp', 'box:/tmp/uno', `${here}/again`);
      assert.equal(readFileSync(join(here, 'again'), 'utf8'), 'one\n');
      await engine.ok('cp', 'box:/tmp/link', `${here}/link`);
      assert.equal(readFileSync(join(here, 'tree/link'), 'utf8'), 'deep\n');
      await engine.ok('cp', '-L', 'box:/tmp/link', `${here}/followed`);
      assert.equal(readFileSync(join(here, 'followed'), 'utf8'), 'deep\n');
      await engine.ok('rm', '-f', 'box');
      await engine.ok('volume', 'rm', 'cpdata');
    });
  });
}

test('what was copied into a container that was never started is there when it starts, in volumes, too', async () => {
  const { engine } = bench;
  const here = scratch('before');
  writeFileSync(join(here, 'config'), 'ready\n');
  await engine.ok('create', '--name', 'later', '-v', '/data', 'busybox', 'cat', '/etc/config', '/data/config');
  await engine.ok('cp', `${here}/config`, 'later:/etc/config');
  await engine.ok('cp', `${here}/config`, 'later:/data/');
  assert.equal(await engine.ok('start', '-a', 'later'), 'ready\nready');
  await engine.ok('rm', '-v', 'later');
});

test('archives go through standard input and output', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'piped', 'busybox', 'sleep', '1000');
  const tar = await archiveOf([{ name: 'new/folder/file', content: 'piped' }]);
  const file = join(scratch('pipe'), 'in.tar');
  writeFileSync(file, tar);
  await bench.host.must('sh', ['-c', `DOCKER_HOST=unix://${engine.socket} docker cp - piped:/tmp < ${file}`]);
  assert.equal(await engine.ok('exec', 'piped', 'cat', '/tmp/new/folder/file'), 'piped');
  const names = await bench.host.must('sh', [
    '-c',
    `DOCKER_HOST=unix://${engine.socket} docker cp piped:/tmp/new - | tar -t`,
  ]);
  assert.deepEqual(names.trim().split('\n'), ['new/', 'new/folder/', 'new/folder/file']);
  // The whole of it, running: without what shows the kernel.
  const whole = await bench.host.must('sh', ['-c', `DOCKER_HOST=unix://${engine.socket} docker cp piped:/ - | tar -t`]);
  assert.match(whole, /^\/?bin\/busybox$/m);
  assert.match(whole, /^\/?sys\/$/m);
  assert.doesNotMatch(whole, /(proc|sys)\/./);
  await engine.ok('rm', '-f', 'piped');
});

test('the stat header says what Docker’s says', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'stat', '--tmpfs', '/mem', 'busybox', 'sleep', '1000');
  await engine.ok(
    'exec',
    'stat',
    'sh',
    '-c',
    'echo 12345 >/mem/f; chmod 4751 /mem/f; mkdir -m 1777 /mem/d; ln -s ../mem/d/x /mem/l; ln -s /mem/d /mem/to; mkfifo -m 600 /mem/p; touch -d "2020-01-02 03:04:05" /mem/f',
  );
  const stat = async (path: string) => {
    const { status, headers } = await api('HEAD', `/containers/stat/archive?path=${encodeURIComponent(path)}`);
    assert.equal(status, 200);
    return JSON.parse(Buffer.from(String(headers['x-docker-container-path-stat']), 'base64').toString());
  };
  const file = { name: 'f', size: 6, mode: 2 ** 23 + 0o751, mtime: '2020-01-02T03:04:05Z', linkTarget: '' };
  assert.deepEqual(await stat('/mem/f'), file);
  assert.deepEqual(await stat('mem//d/../f'), file);
  const { mode, name } = await stat('/mem/d/');
  assert.deepEqual({ mode, name }, { mode: 2 ** 31 + 2 ** 20 + 0o777, name: 'd' });
  const link = await stat('/mem/l');
  assert.deepEqual([link.mode, link.linkTarget, link.size], [2 ** 27 + 0o777, '/mem/d/x', 10]);
  assert.equal((await stat('/mem/to/')).mode, 2 ** 31 + 2 ** 20 + 0o777);
  assert.equal((await stat('/mem/p')).mode, 2 ** 25 + 0o600);
  assert.equal((await stat('/dev/null')).mode, 2 ** 26 + 2 ** 21 + 0o666);
  assert.equal((await stat('/')).name, '/');
  await engine.ok('rm', '-f', 'stat');
});

test('what is missing or read-only is refused in Docker’s words', async () => {
  const { engine } = bench;
  const tar = await archiveOf([{ name: 'f', content: 'x' }]);
  await engine.ok(
    'run',
    '-d',
    '--name',
    'ro',
    '--read-only',
    '-v',
    'rovol:/ro:ro',
    '-v',
    'rwvol:/rw',
    '--tmpfs',
    '/mem',
    'busybox',
    'sleep',
    '1000',
  );
  for (const running of [true, false]) {
    if (!running) await engine.ok('kill', 'ro');
    const missing = await put('ro', '/nowhere', tar);
    assert.deepEqual([missing.status, messageOf(missing)], [404, 'Could not find the file /nowhere in container ro']);
    const get = await api('GET', '/containers/ro/archive?path=/nowhere');
    assert.deepEqual([get.status, messageOf(get)], [404, 'Could not find the file /nowhere in container ro']);
    assert.equal((await api('HEAD', '/containers/ro/archive?path=/nowhere')).status, 404);
    const root = await put('ro', '/tmp', tar);
    assert.deepEqual([root.status, messageOf(root)], [400, 'container rootfs is marked read-only']);
    const volume = await put('ro', '/ro', tar);
    assert.deepEqual([volume.status, messageOf(volume)], [400, 'mounted volume is marked read-only']);
    const file = await put('ro', '/bin/busybox', tar);
    assert.deepEqual([file.status, messageOf(file)], [400, 'extraction point is not a directory']);
    assert.equal((await put('ro', '/rw', tar)).status, 200);
    if (running) assert.equal((await put('ro', '/mem', tar)).status, 200);
    // By way of a volume's link out of it the file system itself refuses.
    const around = await put(
      'ro',
      '/rw',
      await archiveOf([
        { name: 'l', type: 'symlink', linkname: '/tmp' },
        { name: 'l/f', content: '' },
      ]),
    );
    assert.equal(around.status, 400);
    assert.match(messageOf(around), /read-only file system/);
  }
  assert.equal((await api('PUT', '/containers/ro/archive', tar)).status, 400);
  assert.equal((await put('nosuch', '/', tar)).status, 404);
  await engine.ok('rm', '-f', 'ro');
  await engine.ok('volume', 'rm', 'rovol', 'rwvol');
});

test('links and names that lead out of a container stay inside', async () => {
  const { engine } = bench;
  const outside = scratch('outside');
  writeFileSync(join(outside, 'secret'), 'host\n');
  await engine.ok('run', '-d', '--name', 'sly', '--pid', 'host', 'busybox', 'sleep', '1000');
  await engine.ok('exec', 'sly', 'ln', '-s', `../../../../../../../..${outside}`, '/up');
  for (const running of [true, false]) {
    if (!running) await engine.ok('kill', 'sly');
    for (const path of [
      `/up/secret`,
      `/../../..${outside}/secret`,
      `/proc/1/root${outside}/secret`,
      '/proc/self/environ',
    ])
      assert.equal((await api('GET', `/containers/sly/archive?path=${encodeURIComponent(path)}`)).status, 404, path);
    const climbing = await put('sly', '/tmp', await archiveOf([{ name: '../../x', content: '' }]));
    assert.equal(climbing.status, 400);
    assert.match(messageOf(climbing), /outside/);
    const hardLink = await put(
      'sly',
      '/tmp',
      await archiveOf([{ name: 'h', type: 'link', linkname: `../..${outside}/secret` }]),
    );
    assert.equal(hardLink.status, 400);
    const through = await archiveOf([
      { name: 'way', type: 'symlink', linkname: `../../../..${outside}` },
      { name: 'way/planted', content: 'x' },
    ]);
    const answer = await put('sly', '/tmp', through);
    assert.equal(answer.status, 400);
    assert.throws(() => statSync(join(outside, 'planted')));
  }
  await engine.ok('rm', '-f', 'sly');
});

test('kinds are kept when asked; owners are the archive’s, or the container’s user', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'own', '--user', '1234:55', 'busybox', 'sleep', '1000');
  const tar = await archiveOf([
    { name: 'd', type: 'directory', uid: 7, gid: 8 },
    { name: 'd/f', content: '', uid: 7, gid: 8 },
  ]);
  assert.equal((await put('own', '/tmp', tar)).status, 200);
  assert.equal(await engine.ok('exec', 'own', 'stat', '-c', '%u:%g', '/tmp/d/f'), '7:8');
  assert.equal((await api('PUT', '/containers/own/archive?path=/tmp&copyUIDGID=1', tar)).status, 200);
  assert.equal(await engine.ok('exec', 'own', 'stat', '-c', '%u:%g', '/tmp/d/f'), '1234:55');
  const file = await archiveOf([{ name: 'd', content: 'now a file' }]);
  const kept = await api('PUT', '/containers/own/archive?path=/tmp&noOverwriteDirNonDir=true', file);
  assert.equal(kept.status, 400);
  assert.match(messageOf(kept), /cannot overwrite directory "\/tmp\/d" with non-directory "d"/);
  assert.equal((await put('own', '/tmp', file)).status, 200);
  assert.equal(await engine.ok('exec', 'own', 'cat', '/tmp/d'), 'now a file');
  await engine.ok('rm', '-f', 'own');
});

test('large files stream, broken archives are refused, a client that goes leaves nothing', async () => {
  const { engine } = bench;
  const here = scratch('large');
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'big', 'busybox', 'sleep', '1000');
    await bench.host.must('dd', ['if=/dev/urandom', `of=${here}/blob`, 'bs=1M', 'count=200', 'status=none']);
    await engine.ok('cp', `${here}/blob`, 'big:/tmp/blob');
    await engine.ok('cp', 'big:/tmp/blob', `${here}/back`);
    await bench.host.must('cmp', [`${here}/blob`, `${here}/back`]);
    assert.ok(rssMiB(engine.pid) < 250, `the engine takes ${rssMiB(engine.pid)} MiB`);
    const noise = await put('big', '/tmp', Buffer.alloc(20_000, 'noise'));
    assert.deepEqual([noise.status, messageOf(noise)], [400, 'archive/tar: invalid tar header']);
    const gone = await new Promise<string>((resolve) => {
      const reading = request(
        { socketPath: engine.socket, path: '/containers/big/archive?path=/tmp/blob' },
        (response) => {
          response.once('data', () => reading.destroy());
          response.once('close', () => resolve('closed'));
        },
      );
      reading.end();
    });
    assert.equal(gone, 'closed');
    const sending = request({ socketPath: engine.socket, method: 'PUT', path: '/containers/big/archive?path=/tmp' });
    sending.on('error', () => {});
    createReadStream(`${here}/blob`, { end: 1000 }).pipe(sending, { end: false });
    const copying = (): boolean =>
      processesNaming(engine.dataRoot).some(({ command }) => command.includes('"verb":"in"'));
    await until('the copying process', copying);
    sending.destroy();
    await until('its end', () => !copying());
    await engine.ok('rm', '-f', 'big');
  });
});

test('removing a container ends what is being copied out of it', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('create', '--name', 'going', 'busybox', 'true');
    await engine.ok('cp', `${scratch('large')}/blob`, 'going:/tmp/blob');
    const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      request({ socketPath: engine.socket, path: '/containers/going/archive?path=/tmp/blob' }, resolve)
        .on('error', reject)
        .end();
    });
    await engine.ok('rm', 'going');
    await assert.rejects(buffer(response));
  });
});

function rssMiB(pid: number): number {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
