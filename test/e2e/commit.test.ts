import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

test('diff tells what a container changed: nothing at first, running and stopped', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok(
      'create',
      '--name',
      'box',
      '-v',
      '/data',
      'busybox',
      'sh',
      '-c',
      'rm /bin/vi; echo x > /etc/new; sleep 600',
    );
    assert.equal(await engine.ok('diff', 'box'), '');
    await engine.ok('start', 'box');
    await engine.ok('exec', 'box', 'sh', '-c', 'until test -e /etc/new; do sleep 0.1; done; touch /data/in-volume');
    const told = 'C /bin\nD /bin/vi\nA /data\nC /etc\nA /etc/new';
    assert.equal(await engine.ok('diff', 'box'), told);
    await engine.ok('kill', 'box');
    assert.equal(await engine.ok('diff', 'box'), told);
    await engine.ok('rm', '-v', 'box');
    assert.match((await engine.docker('diff', 'box')).stderr, /No such container: box/);
  });
});

test('commit makes an image of a running container, with the changes asked for; it runs', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const create = ['--name', 'box', '-e', 'KEPT=1', '-w', '/srv', '--label', 'a=b', 'busybox', 'sleep', '600'];
    await engine.ok('run', '-d', ...create);
    await engine.ok('exec', 'box', 'sh', '-c', 'echo made > /made; rm /bin/vi');
    const changes = ['-c', 'CMD ["cat","/made"]', '-c', 'ENV MORE=2', '-c', 'EXPOSE 80'];
    const id = await engine.ok('commit', '-a', 'me', '-m', 'why', ...changes, 'box', 'made:1');
    assert.match(id, /^sha256:[0-9a-f]{64}$/);
    assert.equal(await engine.ok('inspect', '-f', '{{.State.Status}}', 'box'), 'running');
    assert.equal(await engine.ok('run', '--rm', 'made:1'), 'made');
    assert.equal((await engine.docker('run', '--rm', 'made:1', 'ls', '/bin/vi')).code, 1);
    const format =
      '{{.Config.Env}} {{.Config.Cmd}} {{.Config.WorkingDir}} {{.Config.Labels}} {{.Author}} {{.Comment}} {{.Config.ExposedPorts}}';
    assert.match(
      await engine.ok('image', 'inspect', '-f', format, 'made:1'),
      /^\[.*KEPT=1.* MORE=2\] \[cat \/made\] \/srv map\[a:b\] me why map\[80\/tcp:{}\]$/,
    );
    assert.match(
      await engine.ok('history', '--no-trunc', '--format', '{{.CreatedBy}}|{{.Comment}}', 'made:1'),
      /^sleep 600\|why\n/,
    );
    await engine.ok('rm', '-f', 'box');
    await engine.ok('rmi', 'made:1');
  });
});

test('commit of a container that was never started, and of a stopped one; refusals leave nothing', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('create', '--name', 'box', 'busybox', 'sh', '-c', 'echo $KEY > /out');
    await engine.ok('commit', 'box', 'never:1');
    assert.equal(await engine.ok('image', 'inspect', '-f', '{{len .RootFS.Layers}}', 'never:1'), '1');
    await engine.ok('start', '-a', 'box');
    await engine.ok('commit', '-p=false', 'box', 'stopped:1');
    assert.equal(await engine.ok('run', '--rm', 'stopped:1', 'cat', '/out'), '');
    assert.match((await engine.docker('commit', 'box', 'UPPER')).stderr, /repository name .*must be lowercase/);
    assert.match((await engine.docker('commit', '-c', 'RUN x', 'box')).stderr, /RUN is not a valid change command/);
    assert.match((await engine.docker('commit', 'nobody')).stderr, /No such container: nobody/);
    await engine.ok('rm', 'box');
    await engine.ok('rmi', 'stopped:1', 'never:1');
  });
});

test('export streams the whole file system, of a container in any state, without what is mounted', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok(
      'run',
      '-d',
      '--name',
      'box',
      '-v',
      '/data',
      'busybox',
      'sh',
      '-c',
      'echo 1 > /data/x; echo 2 > /kept; sleep 600',
    );
    await engine.ok('exec', 'box', 'sh', '-c', 'until test -s /kept; do sleep 0.1; done');
    const file = join(engine.folder, 'export.tar');
    const list = async (): Promise<string[]> => {
      await engine.ok('export', '-o', file, 'box');
      return (await bench.host.must('tar', ['-tf', file])).trim().split('\n');
    };
    const running = await list();
    for (const name of ['bin/busybox', 'kept', 'data/', 'etc/hosts', '.dockerenv'])
      assert.ok(running.includes(name), name);
    assert.ok(!running.includes('data/x'));
    await engine.ok('kill', 'box');
    assert.deepEqual(await list(), running);
    await engine.ok('import', file, 'back:1');
    assert.equal(await engine.ok('run', '--rm', 'back:1', 'cat', '/kept'), '2');
    await engine.ok('rm', '-v', 'box');
    await engine.ok('rmi', 'back:1');
  });
});

test('portolan diff, commit and export do the same', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '--name', 'box', 'busybox', 'touch', '/new');
    assert.equal((await engine.portolan('diff', 'box')).stdout, 'A /new\n');
    const { stdout, stderr } = await engine.portolan('commit', '-m', 'why', '-c', 'CMD ["ls","/new"]', 'box', 'made:2');
    assert.match(stdout, /^sha256:[0-9a-f]{64}\n$/, stderr);
    assert.equal(await engine.ok('run', '--rm', 'made:2'), '/new');
    const file = join(engine.folder, 'portolan-export.tar');
    assert.equal((await engine.portolan('export', '-o', file, 'box')).code, 0);
    assert.match(await bench.host.must('tar', ['-tf', file]), /^new$/m);
    await engine.ok('rm', 'box');
    await engine.ok('rmi', 'made:2');
  });
});

test('an export whose client goes away lets go of the container', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '--name', 'box', 'busybox', 'dd', 'if=/dev/zero', 'of=/big', 'bs=1M', 'count=30');
    const request = get({ socketPath: engine.socket, path: '/containers/box/export' });
    const [response] = await once(request, 'response');
    await once(response, 'readable');
    request.destroy();
    await engine.ok('rm', 'box');
  });
});

test('images of common layers say how much they share, and disk usage counts it once', async () => {
  const { engine } = bench;
  await engine.ok('run', '--name', 'more', 'busybox', 'sh', '-c', 'head -c 200000 /dev/zero >/more');
  await engine.ok('commit', 'more', 'more:v1');
  const list = JSON.parse(
    await bench.host.must('curl', ['-sf', '--unix-socket', engine.socket, 'http://engine/images/json?shared-size=1']),
  ) as { RepoTags: string[]; Size: number; SharedSize: number }[];
  const [base, more] = ['busybox:latest', 'more:v1'].map((tag) => list.find(({ RepoTags }) => RepoTags.includes(tag))!);
  assert.equal(base!.SharedSize, base!.Size);
  assert.deepEqual([more!.SharedSize, more!.Size - more!.SharedSize], [base!.Size, 200_000]);
  const { LayersSize } = JSON.parse(
    await bench.host.must('curl', ['-sf', '--unix-socket', engine.socket, 'http://engine/system/df']),
  ) as { LayersSize: number };
  assert.equal(LayersSize, more!.Size);
  await engine.ok('rm', 'more');
  await engine.ok('rmi', 'more:v1');
});
