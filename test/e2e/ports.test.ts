import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { engineForFile, leavesNothing, listens } from './engine.ts';

const bench = engineForFile();
/** Serves the client's address, as the kernel inside the container sees it. */
const serve = [
  'sh',
  '-c',
  'mkdir -p /w/cgi-bin; printf "#!/bin/sh\\necho; echo \\$REMOTE_ADDR" > /w/cgi-bin/who; chmod +x /w/cgi-bin/who; exec httpd -f -h /w',
];
const who = (address: string, port: string | number): string[] => [
  '-s',
  '-m',
  '2',
  `http://${address}:${port}/cgi-bin/who`,
];

test('a published port is reached from everywhere, and the container sees who asks', async () => {
  const { engine, host, outside } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', 'other');
    await engine.ok('run', '-d', '--name', 'web', '-p', '8080:80', 'busybox', ...serve);
    await listens(engine, 'web', 80);
    await engine.ok('run', '-d', '--name', 'near', 'busybox', 'sleep', '1000');
    await engine.ok('run', '-d', '--name', 'apart', '--network', 'other', 'busybox', 'sleep', '1000');
    // Not wget: the busybox of some distributions has one that crashes.
    const get = async (container: string): Promise<string> =>
      (
        await engine.docker(
          'exec',
          container,
          'sh',
          '-c',
          `printf 'GET /cgi-bin/who HTTP/1.0\\r\\n\\r\\n' | nc -w 2 ${host.ipv4} 8080`,
        )
      ).stdout;
    assert.equal((await outside.exec('curl', who(host.ipv4, 8080))).stdout.trim(), `[::ffff:${outside.ipv4}]`);
    for (const address of ['127.0.0.1', host.ipv4, '172.17.0.1']) {
      assert.notEqual((await host.exec('curl', who(address, 8080))).stdout.trim(), '', address);
    }
    assert.notEqual((await host.exec('curl', who('[::1]', 8080))).stdout.trim(), '', '::1');
    assert.match(await get('near'), /200 OK/, 'near');
    assert.match(await get('apart'), /200 OK/, 'apart');
    assert.match(await get('web'), /200 OK/, 'web');
    await engine.ok('rm', '-f', 'web', 'near', 'apart');
    await engine.ok('network', 'rm', 'other');
  });
});

test('-p 80 takes a free port above 30000, -P every exposed one, and port says which', async () => {
  const { engine, host } = bench;
  await engine.ok('run', '-d', '--name', 'any', '-p', '80', '-P', '--expose', '81', 'busybox', ...serve);
  await listens(engine, 'any', 80);
  const [, port] = /80\/tcp -> 0\.0\.0\.0:(\d+)/.exec(await engine.ok('port', 'any'))!;
  assert.ok(Number(port) > 30000);
  assert.match(await engine.ok('port', 'any', '81'), /0\.0\.0\.0:\d+/);
  assert.notEqual((await host.exec('curl', who('127.0.0.1', port!))).stdout, '');
  await engine.ok('rm', '-f', 'any');
  assert.equal((await host.exec('curl', who('127.0.0.1', port!))).stdout, '');
});

test('a port of 127.0.0.1 is not reached from outside, an unpublished one neither', async () => {
  const { engine, host, outside } = bench;
  await engine.ok('run', '-d', '--name', 'local', '-p', '127.0.0.1:8080:80', 'busybox', ...serve);
  await listens(engine, 'local', 80);
  assert.notEqual((await host.exec('curl', who('127.0.0.1', 8080))).stdout, '');
  assert.equal((await outside.exec('curl', who(host.ipv4, 8080))).stdout, '');
  await outside.must('ip', ['route', 'replace', '172.17.0.0/16', 'via', host.ipv4]);
  const address = await engine.ok('inspect', '-f', '{{.NetworkSettings.Networks.bridge.IPAddress}}', 'local');
  assert.equal((await outside.exec('curl', who(address, 80))).stdout, '');
  await engine.ok('rm', '-f', 'local');
});

test('UDP ports and ranges are translated', async () => {
  const { engine, outside, host } = bench;
  await engine.ok('run', '-d', '--name', 'udp', '-p', '7001-7002:7001-7002/udp', 'busybox', 'sleep', '1000');
  const pid = await engine.ok('inspect', '-f', '{{.State.Pid}}', 'udp');
  for (const port of ['7001', '7002']) {
    // The busybox of some distributions has no UDP, so the server is the machine's, in the container's namespace.
    const server = spawn('nsenter', [
      `--net=/proc/${pid}/ns/net`,
      'socat',
      `UDP-LISTEN:${port},fork`,
      `SYSTEM:echo pong${port}`,
    ]);
    let answer = '';
    for (let i = 0; i < 10 && answer === ''; i++) {
      answer = (await outside.exec('sh', ['-c', `echo ping | socat -t 0.5 - UDP4:${host.ipv4}:${port}`])).stdout;
    }
    server.kill();
    assert.equal(answer.trim(), `pong${port}`);
  }
  await engine.ok('rm', '-f', 'udp');
});

test('a taken port is refused with its owner’s name, and nothing stays', async () => {
  const { engine, host } = bench;
  await engine.ok('run', '-d', '--name', 'first', '-p', '8080:80', 'busybox', 'sleep', '1000');
  await leavesNothing(engine, async () => {
    const { stderr, code } = await engine.docker('run', '--rm', '-p', '8080:80', 'busybox', 'true');
    assert.equal(code, 125);
    assert.match(stderr, /Bind for 0\.0\.0\.0:8080 failed: port is already allocated/);
    assert.match(stderr, /first/);
  });
  await engine.ok('rm', '-f', 'first');

  const holder = host.spawn('socat', ['TCP-LISTEN:8080,reuseaddr,fork', 'PIPE']);
  while (!(await host.must('ss', ['-ltn'])).includes(':8080')) await new Promise((resolve) => setTimeout(resolve, 20));
  const { stderr } = await engine.docker('run', '--rm', '-p', '8080:80', 'busybox', 'true');
  assert.match(stderr, /address already in use/);
  assert.match(stderr, /socat/);
  holder.kill();
});

test('500 ports as one range cost one element of the map, one that closes their IPv6 side, and no process', async () => {
  const { engine, host } = bench;
  const before = (await engine.leftovers()).processes.length;
  await engine.ok('run', '-d', '--name', 'many', '-p', '21000-21499:21000-21499', 'busybox', 'sleep', '1000');
  const after = (await engine.leftovers()).processes;
  assert.equal(after.length - before, 2, after.join('\n')); // its monitor and its process
  const rules = await host.must('nft', ['list', 'ruleset']);
  assert.equal(rules.match(/tcp \. 21000-21499.* : 172\.17\./g)?.length, 1);
  assert.equal(rules.match(/21000-21499/g)?.length, 2);
  await engine.ok('rm', '-f', 'many');
});
