import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const sleep = ['busybox', 'sleep', '1000'] as const;
const serve = ['busybox', 'sh', '-c', 'echo hi > /hi; exec httpd -f -h / -p 80'] as const;

/** From another machine; the server may only just be starting. */
const reached = async (): Promise<string> => {
  const { host, outside } = bench;
  const patience = ['-s', '-m', '2', '--retry', '2', '--retry-connrefused'];
  return (await outside.exec('curl', [...patience, `http://${host.ipv4}:8080/hi`])).stdout.trim();
};
const addressOf = (name: string): Promise<string> =>
  bench.engine.ok('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', name);

test('a shared network lives on while its owner is down, over a kill of the engine, until the last one leaves', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', 'home');
    await engine.ok('run', '-d', '--name', 'peer', '--network', 'home', ...sleep);
    await engine.ok('run', '-d', '--name', 'owner', '--network', 'home', '-p', '8080:80', '-t', ...sleep);
    await engine.ok('run', '-d', '--name', 'guest', '--network', 'container:owner', ...serve);
    const works = async (): Promise<void> => {
      assert.equal(await reached(), 'hi');
      await engine.ok('exec', 'guest', 'ping', '-c', '1', '-w', '5', 'peer');
      await engine.ok('exec', 'peer', 'ping', '-c', '1', '-w', '5', 'owner');
    };
    await works();
    const address = await addressOf('owner');
    const begun = await engine.ok('inspect', '-f', '{{.State.StartedAt}}', 'owner');

    await engine.ok('stop', '-t', '0', 'owner');
    await works();
    await engine.ok('restart', '-t', '0', 'guest');
    await works();
    await engine.kill9();
    await engine.launch();
    await works();
    await engine.ok('start', 'owner');
    await works();
    await engine.ok('restart', '-t', '0', 'owner');
    await works();
    assert.equal(await addressOf('owner'), address);
    assert.equal(
      await engine.ok('exec', 'owner', 'readlink', '/proc/self/ns/net'),
      await engine.ok('exec', 'guest', 'readlink', '/proc/self/ns/net'),
    );
    const now = (Date.now() / 1000).toFixed(3);
    const past = ['events', '--since', begun, '--until', now, '--filter', 'type=network', '--format', '{{.Action}}'];
    assert.equal(await engine.ok(...past), '', 'nothing was disconnected, nothing connected');

    await engine.ok('stop', '-t', '0', 'owner', 'guest');
    assert.equal(await addressOf('owner'), '');
    assert.equal(await reached(), '');
    await engine.ok('rm', '-f', 'owner', 'guest', 'peer');
    await engine.ok('network', 'rm', 'home');
  });
});

test('an owner that is removed takes its addresses along, and who shared them keeps loopback', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', '--subnet', '10.45.0.0/24', 'fixed');
    await engine.ok('run', '-d', '--name', 'owner', '--network', 'fixed', '--ip', '10.45.0.9', ...sleep);
    await engine.ok('run', '-d', '--name', 'guest', '--network', 'container:owner', ...sleep);
    await engine.ok('rm', '-f', 'owner');
    assert.equal(await engine.ok('exec', 'guest', 'ls', '/sys/class/net'), 'lo');
    const next = ['--name', 'next', '--network', 'fixed', '--ip', '10.45.0.9'];
    await engine.ok('run', '-d', ...next, ...sleep);
    await engine.ok('run', '--rm', '--network', 'fixed', 'busybox', 'ping', '-c', '1', '-w', '5', '10.45.0.9');
    await engine.ok('rm', '-f', 'next', 'guest');
    await engine.ok('network', 'rm', 'fixed');
  });
});

test('a network is shared along a chain, and by the id that was named, whatever it is called now', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'first', '--hostname', 'one', '--domainname', 'example.org', ...sleep);
    await engine.ok('run', '-d', '--name', 'second', '--network', 'container:first', ...sleep);
    await engine.ok('create', '--name', 'third', '--network', 'container:second', ...sleep);
    await engine.ok('rename', 'second', 'middle');
    await engine.ok('start', 'third');
    const view = (name: string): Promise<string> =>
      engine.ok('exec', name, 'sh', '-c', 'hostname; readlink /proc/self/ns/net; cat /etc/hosts /etc/resolv.conf');
    assert.equal(await view('third'), await view('first'));
    const mode = await engine.ok('inspect', '-f', '{{.HostConfig.NetworkMode}}', 'third');
    assert.equal(mode, `container:${await engine.ok('inspect', '-f', '{{.Id}}', 'middle')}`);
    const names = '{{.Config.Hostname}}.{{.Config.Domainname}}';
    assert.equal(await engine.ok('inspect', '-f', names, 'third'), 'one.example.org');
    const files = '{{.HostsPath}} {{.ResolvConfPath}} {{.HostnamePath}} {{.NetworkSettings.Networks}}';
    const [hosts] = (await engine.ok('inspect', '-f', files, 'third')).split(' ');
    assert.equal(hosts, await engine.ok('inspect', '-f', '{{.HostsPath}}', 'first'));
    await engine.ok('rm', '-f', 'first', 'middle', 'third');
  });
});

test('the network of a container that waits to be restarted cannot be joined, and the refusal says so', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'crashes', '--restart', 'always', 'busybox', 'false');
    await engine.ok('create', '--name', 'guest', '--network', 'container:crashes', ...sleep);
    // It runs for a moment between two waits: met then, it is joined, and left again.
    let refused = await engine.docker('start', 'guest');
    for (let tries = 0; tries < 20 && !/is restarting/.test(refused.stderr); tries++) {
      await engine.ok('stop', '-t', '0', 'guest');
      refused = await engine.docker('start', 'guest');
    }
    assert.match(refused.stderr, /Container [0-9a-f]{64} is restarting, wait until the container is running/);
    await engine.ok('rm', '-f', 'crashes', 'guest');
  });
});

test('what shares a network that is not there is refused, and comes up again with its owner after the engine was killed', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('create', '--name', 'owner', '--restart', 'always', ...sleep);
    await engine.ok('create', '--name', 'guest', '--restart', 'always', '--network', 'container:owner', ...sleep);
    const early = await engine.docker('start', 'guest');
    assert.match(early.stderr, /cannot join network namespace of a non running container: container owner is created/);
    await engine.ok('start', 'owner');
    await engine.ok('start', 'guest');
    const pids = (await engine.ok('inspect', '-f', '{{.State.Pid}}', 'owner', 'guest')).split('\n').map(Number);
    await engine.kill9();
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await engine.launch();
    const up = async (): Promise<string> => engine.ok('inspect', '-f', '{{.State.Status}}', 'owner', 'guest');
    for (let tries = 0; tries < 100 && (await up()) !== 'running\nrunning'; tries++) await engine.ok('ps');
    assert.equal(await up(), 'running\nrunning');
    assert.equal(
      await engine.ok('exec', 'owner', 'readlink', '/proc/self/ns/net'),
      await engine.ok('exec', 'guest', 'readlink', '/proc/self/ns/net'),
    );
    await engine.ok('rm', '-f', 'owner', 'guest');
  });
});
