import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';

const bench = engineForFile();
const page = ['sh', '-c', 'echo hi > /index.html; exec httpd -f -h /'];

async function reachable(): Promise<string> {
  return (await bench.host.exec('curl', ['-s', '-m', '2', 'http://127.0.0.1:8080/'])).stdout.trim();
}

test('containers, ports, names and networks outlive a stopped and a killed engine', async () => {
  const { engine } = bench;
  await engine.ok('network', 'create', 'kept');
  await engine.ok('run', '-d', '--name', 'web', '--network', 'kept', '-p', '8080:80', 'busybox', ...page);
  await engine.ok('run', '-d', '--name', 'asks', '--network', 'kept', 'busybox', 'sleep', '1000');
  const before = { kernel: await engine.leftovers(), inspect: await engine.ok('inspect', 'web', 'asks') };

  for (const end of ['stop', 'kill9'] as const) {
    await engine[end]();
    assert.equal(
      (await bench.outside.exec('curl', ['-s', '-m', '2', `http://${bench.host.ipv4}:8080/`])).stdout.trim(),
      'hi',
    );
    await engine.launch();
    assert.deepEqual({ kernel: await engine.leftovers(), inspect: await engine.ok('inspect', 'web', 'asks') }, before);
    assert.equal(await reachable(), 'hi');
    await engine.ok('exec', 'asks', 'ping', '-c', '1', '-W', '1', 'web');
  }
  const { stderr } = await engine.docker('run', '--rm', '-p', '8080:80', 'busybox', 'true');
  assert.match(stderr, /port is already allocated/);
  await engine.ok('rm', '-f', 'web', 'asks');
  await engine.ok('network', 'rm', 'kept');
});

test('what a container said and how it ended while no engine ran is known to the next one', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'brief', 'busybox', 'sh', '-c', 'echo before; sleep 1; echo after; exit 3');
  await engine.ok('run', '-d', '--rm', '--name', 'gone', 'busybox', 'sleep', '1');
  await engine.ok('run', '-d', '--name', 'again', '--restart', 'always', 'busybox', 'sleep', '1');
  await engine.kill9();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await engine.launch();
  assert.equal(await engine.ok('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'brief'), 'exited 3');
  assert.equal(await engine.ok('logs', 'brief'), 'before\nafter');
  assert.equal(await engine.ok('ps', '-aq', '--filter', 'name=gone'), '');
  await engine.ok('wait', 'again');
  await engine.ok('rm', '-f', 'brief', 'again');
});

test('an engine killed at any moment of starting and stopping containers leaves nothing half-made', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    for (let round = 0; round < 12; round++) {
      const busy = [
        engine.docker('run', '-d', '--name', `r${round}`, '-p', '80', 'busybox', 'sleep', '1000'),
        engine.docker('network', 'create', `n${round}`),
        engine.docker('rm', '-f', `r${round - 1}`),
      ];
      await new Promise((resolve) => setTimeout(resolve, 10 + round * 15));
      await engine.kill9();
      await Promise.all(busy);
      await engine.launch();
    }
    const ids = (await engine.ok('ps', '-aq')).split('\n').filter(Boolean);
    if (ids.length > 0) await engine.ok('rm', '-f', ...ids);
    await engine.ok('network', 'prune', '-f');
  });
});

test('a second engine on the same data root is refused, and the first goes on', async () => {
  const { engine, host } = bench;
  const { code, stderr } = await host.exec('bin/portolan', [
    'daemon',
    '--host',
    `unix://${engine.folder}/second.sock`,
    '--data-root',
    engine.dataRoot,
    '--exec-root',
    engine.execRoot,
    '--pidfile',
    `${engine.folder}/second.pid`,
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /another engine uses this data root/);
  await engine.ok('run', '--rm', 'busybox', 'true');
});
