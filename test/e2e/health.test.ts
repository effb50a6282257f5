import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const docker = (...args: readonly string[]): Promise<string> => bench.engine.ok(...args);
const often = ['--health-interval', '200ms', '--health-timeout', '5s'];
const status = (name: string): Promise<string> => docker('inspect', '-f', '{{.State.Health.Status}}', name);
const becomes = (name: string, wanted: string): Promise<void> =>
  until(`${name} is ${wanted}`, async () => (await status(name)) === wanted);

test('a container is starting, healthy, unhealthy, as its check says; ps, filters and events tell', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const since = String(Date.now() / 1000);
    const check = [
      '--health-cmd',
      'echo asked; test -f /tmp/ok',
      '--health-retries',
      '2',
      '--health-start-period',
      '600s',
    ];
    await docker(
      'run',
      '-d',
      '--name',
      'asked',
      ...often,
      ...check,
      '--health-start-interval',
      '200ms',
      'busybox',
      'sleep',
      '600',
    );
    assert.equal(await status('asked'), 'starting');
    assert.match(await docker('ps', '--format', '{{.Status}}'), /\(health: starting\)$/);
    await docker('exec', 'asked', 'touch', '/tmp/ok');
    await becomes('asked', 'healthy');
    assert.match(
      await docker('ps', '--filter', 'health=healthy', '--format', '{{.Names}} {{.Status}}'),
      /^asked .*\(healthy\)$/,
    );
    assert.equal(await docker('ps', '--filter', 'health=none', '--format', '{{.Names}}'), '');
    await docker('exec', 'asked', 'rm', '/tmp/ok');
    await becomes('asked', 'unhealthy');
    const { FailingStreak, Log } = JSON.parse(await docker('inspect', '-f', '{{json .State.Health}}', 'asked'));
    assert.ok(FailingStreak >= 2);
    assert.deepEqual([Log.at(-1).ExitCode, Log.at(-1).Output], [1, 'asked\n']);
    assert.ok(Log.length <= 5);
    await docker('rm', '-f', 'asked');
    const filter = ['--filter', 'event=health_status', '--filter', 'container=asked'];
    const events = await docker(
      'events',
      '--since',
      since,
      '--until',
      String(Date.now() / 1000),
      ...filter,
      '--format',
      '{{.Action}}',
    );
    assert.deepEqual(events.split('\n'), ['health_status: healthy', 'health_status: unhealthy']);
  });
});

test('a check that hangs is ended, one that cannot run fails, and neither leaves processes', async () => {
  await docker(
    'run',
    '-d',
    '--name',
    'slow',
    '--health-interval',
    '100ms',
    '--health-timeout',
    '300ms',
    '--health-retries',
    '1',
    '--health-cmd',
    'echo begun; sleep 100',
    'busybox',
    'sleep',
    '600',
  );
  await becomes('slow', 'unhealthy');
  const last = async (name: string) =>
    JSON.parse(await docker('inspect', '-f', '{{json .State.Health.Log}}', name)).at(-1);
  const { ExitCode, Output } = await last('slow');
  assert.deepEqual([ExitCode, Output], [-1, 'Health check exceeded timeout (300ms): begun\n']);
  await docker('rm', '-f', 'slow');
  // What the API alone can ask for: no shell around it.
  const body = {
    Image: 'busybox',
    Cmd: ['sleep', '600'],
    Healthcheck: { Test: ['CMD', '/nowhere'], Interval: 100_000_000, Retries: 1 },
  };
  await bench.host.must('curl', [
    '-sf',
    '--unix-socket',
    bench.engine.socket,
    '-H',
    'Content-Type: application/json',
    '-d',
    JSON.stringify(body),
    'http://engine/containers/create?name=absent',
  ]);
  await docker('start', 'absent');
  await becomes('absent', 'unhealthy');
  assert.match((await last('absent')).Output, /\/nowhere.*no such file or directory/);
  await docker('rm', '-f', 'absent');
});

test('health is asked for again after an engine was killed, and over pause, stop and start', async () => {
  const { engine } = bench;
  await docker(
    'run',
    '-d',
    '--name',
    'stays',
    ...often,
    '--health-cmd',
    'test -f /tmp/ok',
    'busybox',
    'sh',
    '-c',
    'touch /tmp/ok; sleep 600',
  );
  await becomes('stays', 'healthy');
  await engine.kill9();
  await engine.launch();
  assert.equal(await status('stays'), 'healthy');
  await docker('exec', 'stays', 'rm', '/tmp/ok');
  await becomes('stays', 'unhealthy');
  await docker('pause', 'stays');
  await docker('unpause', 'stays');
  await docker('exec', 'stays', 'touch', '/tmp/ok');
  await becomes('stays', 'healthy');
  await docker('stop', '-t', '0', 'stays');
  assert.equal(await status('stays'), 'unhealthy');
  await docker('start', 'stays');
  await becomes('stays', 'healthy');
  await docker('rm', '-f', 'stays');
  await docker('run', '-d', '--name', 'unasked', '--no-healthcheck', 'busybox', 'sleep', '600');
  assert.equal(
    await docker('inspect', '-f', '{{json .State}}', 'unasked').then((state) => JSON.parse(state).Health),
    undefined,
  );
  await docker('rm', '-f', 'unasked');
});
