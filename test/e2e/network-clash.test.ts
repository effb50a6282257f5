import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing, listens } from './engine.ts';

const bench = engineForFile();

test('a route of the host’s into a network is an event and a warning, for as long as it is there', async () => {
  const { engine, host } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', '--subnet', '10.71.0.0/16', 'front');
    const since = String(Math.floor(Date.now() / 1000));
    const seen = (): Promise<string> =>
      engine.ok(
        ...['events', '--since', since, '--until', String(Math.ceil(Date.now() / 1000)), '--filter', 'type=network'],
        ...['--format', '{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.route}}'],
      );
    await host.must('ip', ['route', 'add', '10.71.4.0/24', 'dev', 'eth0']);
    await until('the event', async () => (await seen()).includes('clash front 10.71.4.0/24 dev eth0'));
    const { stderr, stdout } = await engine.docker('info');
    assert.match(
      stderr + stdout,
      /^the route 10\.71\.4\.0\/24 dev eth0 leads to addresses of network front \(10\.71\.0\.0\/16\)/m,
    );
    await host.must('ip', ['route', 'delete', '10.71.4.0/24', 'dev', 'eth0']);
    await until('its end', async () => (await seen()).includes('clash_end front 10.71.4.0/24 dev eth0'));
    assert.doesNotMatch((await engine.docker('info')).stderr, /10\.71/);
    await engine.ok('network', 'rm', 'front');
  });
});

test('trusted interfaces reach a published port by the container’s own address, others do not', async () => {
  const { engine, host, outside } = bench;
  const create = (name: string, ...options: readonly string[]): Promise<string> =>
    engine.ok('network', 'create', '--subnet', '10.72.0.0/24', ...options, name);
  const run = ['run', '-d', '--name', 'web', '-p', '8080:80'];
  const serve = ['busybox', 'sh', '-c', 'echo hi > /hi; httpd -h / -p 80; exec httpd -f -h / -p 81'];
  const direct = async (port: number): Promise<string> =>
    (await outside.exec('curl', ['-s', '-m', '1', `http://10.72.0.2:${port}/hi`])).stdout.trim();
  await leavesNothing(engine, async () => {
    await outside.must('ip', ['route', 'replace', '10.72.0.0/24', 'via', host.ipv4]);
    for (const [name, options, published] of [
      ['closed', [], ''],
      ['trusting', ['-o', 'com.docker.network.bridge.trusted_host_interfaces=eth0'], 'hi'],
    ] as const) {
      await create(name, ...options);
      await engine.ok(...run, '--network', name, ...serve);
      await listens(engine, 'web', 80, 81);
      assert.deepEqual([await direct(80), await direct(81)], [published, ''], name);
      await engine.ok('rm', '-f', 'web');
      await engine.ok('network', 'rm', name);
    }
    await outside.must('ip', ['route', 'delete', '10.72.0.0/24']);
  });
});
