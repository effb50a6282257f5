import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../lab/until.ts';
import { engineForFile, listens } from './engine.ts';

/**
 * A course's notes on container networks, walked with their own commands: the life of a container, bridge networks, ports,
 * none and host, macvlan, names. What the notes see with `ip a`, `brctl show` and `iptables` is looked for with today's tools.
 */
const bench = engineForFile();
const docker = (...args: readonly string[]): Promise<string> => bench.engine.ok(...args);
const inside = (name: string, command: string): Promise<string> => docker('exec', name, 'sh', '-c', command);
const pings = async (from: string, to: string): Promise<boolean> =>
  (await bench.engine.docker('exec', from, 'ping', '-c', '1', '-W', '1', to)).code === 0;
const addressOf = (name: string, network: string): Promise<string> =>
  docker('inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, name);
/** Ports of a bridge of the host's, as `brctl show` lists them. */
const portsOf = async (bridge: string): Promise<readonly string[]> =>
  (JSON.parse(await bench.host.must('ip', ['-j', 'link', 'show', 'master', bridge])) as { ifname: string }[]).map(
    ({ ifname }) => ifname,
  );

test('1.5: the first container, its cable to the host, stop and rm', async () => {
  const { host } = bench;
  await docker('run', '-itd', '--name', 'test', 'busybox');
  const [port = ''] = await portsOf('docker0');
  const link = await inside('test', 'cat /sys/class/net/eth0/iflink');
  const [outer] = JSON.parse(await host.must('ip', ['-j', 'link', 'show', port])) as { ifindex: number }[];
  assert.equal(link, String(outer?.ifindex), 'eth0@ifN names the host’s end');
  await docker('stop', '-t', '0', 'test');
  await docker('rm', 'test');
  await until('the cable is gone', async () => (await portsOf('docker0')).length === 0);
});

test('1.8 (1): two containers on the default bridge; start, attach, logs', async () => {
  const { engine, host } = bench;
  for (const name of ['test1', 'test2']) await docker('run', '-itd', '--name', name, 'busybox');
  await docker('stop', '-t', '0', 'test1');
  await docker('start', 'test1');
  const attached = await host.exec('script', ['-qec', 'docker attach test1', '/dev/null'], {
    input: 'echo in $((40+2)); exit\n',
    env: engine.environment,
  });
  assert.match(attached.stdout, /in 42/);
  assert.match(await docker('logs', 'test1'), /in 42/);
  await docker('start', 'test1');
  assert.match(await addressOf('test1', 'bridge'), /^172\.17\.0\.\d+$/);
  assert.equal(await pings('test1', await addressOf('test2', 'bridge')), true);
  assert.equal((await portsOf('docker0')).length, 2);
});

test('1.8 (2): a network of one’s own is apart, until its container is connected to the other', async () => {
  const { host } = bench;
  const id = await docker('network', 'create', '--driver', 'bridge', 'isolated_nw');
  const bridge = `br-${id.slice(0, 12)}`;
  assert.match(await host.must('ip', ['-4', '-br', 'addr', 'show', bridge]), /172\.18\.0\.1\/16/);
  assert.deepEqual(await portsOf(bridge), []);
  await docker('run', '-itd', '--network=isolated_nw', '--name=test3', 'busybox');
  assert.match(await docker('ps', '--format', '{{.Names}}'), /^test3$/m);
  assert.equal((await portsOf(bridge)).length, 1);
  const other = await addressOf('test2', 'bridge');
  assert.equal(await pings('test3', other), false);
  await docker('network', 'connect', 'bridge', 'test3');
  assert.equal((await portsOf('docker0')).length, 3);
  assert.match(await inside('test3', 'ip addr show eth1'), /inet 172\.17\./);
  assert.equal(await pings('test3', other), true);
  await docker('network', 'disconnect', 'bridge', 'test3');
  assert.equal(await pings('test3', other), false);
});

test('1.7 (6), 1.8 (3): published ports: any, chosen, and UDP', async () => {
  const { engine, host, outside } = bench;
  const serve = ['busybox', 'sh', '-c', 'echo hi > /hi; exec httpd -f -h / -p 80'];
  await docker('run', '-itd', '--name', 'any', '-p', '80', ...serve);
  await docker('run', '-itd', '--name', 'chosen', '-p', '8080:80', ...serve);
  await docker('run', '-itd', '--name', 'udp', '-p', '80/udp', 'busybox');
  await listens(engine, 'any', 80);
  await listens(engine, 'chosen', 80);
  const port = Number((await docker('port', 'any', '80')).split('\n')[0]!.split(':').at(-1));
  assert.ok(port > 30_000, `${port}`);
  for (const one of [port, 8080]) {
    assert.equal((await outside.must('curl', ['-s', '-m', '3', `http://${host.ipv4}:${one}/hi`])).trim(), 'hi');
  }
  assert.match(await docker('port', 'udp'), /^80\/udp -> 0\.0\.0\.0:\d+$/m);
  await docker('rm', '-f', 'any', 'chosen', 'udp');
});

test('1.9, 1.10: none has loopback alone and cannot be connected; host has what the host has', async () => {
  const { engine, host } = bench;
  assert.match(await docker('network', 'ls', '--format', '{{.Name}} {{.Driver}}'), /^host host$\n.*\n?^none null$/m);
  await docker('run', '-itd', '--network', 'none', '--name', 'none1', 'busybox');
  assert.equal(await inside('none1', 'ls /sys/class/net; ip route'), 'lo');
  assert.notEqual((await engine.docker('network', 'connect', 'bridge', 'none1')).code, 0);
  await docker('run', '-itd', '--network', 'host', '--name', 'host1', 'busybox');
  const links = async (text: Promise<string>): Promise<readonly string[]> => (await text).trim().split(/\s+/).sort();
  const hosts = JSON.parse(await host.must('ip', ['-j', 'link'])) as { ifname: string }[];
  assert.deepEqual(
    await links(inside('host1', 'ip -o link | cut -d: -f2 | cut -d@ -f1')),
    hosts.map(({ ifname }) => ifname).sort(),
  );
  await docker('rm', '-f', 'none1', 'host1');
});

test('1.12: macvlan: a container on the physical network, with addresses of its own', async () => {
  const { host, outside } = bench;
  const before = await host.must('ip', ['-br', 'link']);
  const range = ['--subnet=192.0.2.0/24', '--ip-range=192.0.2.64/26', `--gateway=${outside.ipv4}`];
  await docker('network', 'create', '-d', 'macvlan', ...range, '-o', 'parent=eth0', 'macvlanx');
  assert.equal(await host.must('ip', ['-br', 'link']), before, 'nothing changes in the host’s network');
  assert.match(await docker('network', 'ls'), /macvlanx\s+macvlan\s+local/);
  await docker('run', '-itd', '--network', 'macvlanx', '--name', 'mac1', 'busybox');
  assert.equal(await pings('mac1', outside.ipv4), true);
  await docker('rm', '-f', 'mac1');
  await docker('network', 'rm', 'macvlanx');
});

test('1.13, 1.14: names: the host’s servers and files, --hostname, --link, --dns', async () => {
  const id = await docker('inspect', '-f', '{{.Id}}', 'test1');
  const own = await addressOf('test1', 'bridge');
  assert.match(await inside('test1', 'cat /etc/hosts'), new RegExp(`^${own}\t${id.slice(0, 12)}$`, 'm'));
  assert.equal(await inside('test1', 'cat /etc/hostname'), id.slice(0, 12));
  assert.doesNotMatch(await inside('test1', 'cat /etc/hosts'), /test2/, 'the default network knows no names');
  assert.doesNotMatch(await inside('test1', 'cat /etc/resolv.conf'), /127\.0\.0\.11/);
  await docker('run', '-itd', '--name', 'named', '--hostname', 'named', '--link', 'test1:friend', 'busybox');
  assert.match(await inside('named', 'cat /etc/hosts'), /^172\.17\.\S+\tnamed$/m);
  assert.equal(await pings('named', 'friend'), true);
  const dns = ['--dns', '192.0.2.53', '--dns-search', 'example.org', '--dns-opt', 'ndots:2'];
  await docker('run', '-itd', '--name', 'test4', ...dns, 'busybox');
  const file = await inside('test4', 'cat /etc/resolv.conf');
  for (const line of ['nameserver 192.0.2.53', 'search example.org', 'options ndots:2']) {
    assert.match(file, new RegExp(`^${line}$`, 'm'));
  }
  await docker('rm', '-f', 'named', 'test4');
});

test('1.13 (2): a network of one’s own: 127.0.0.11, names, aliases, links, a fallback server', async () => {
  const network = ['--network', 'isolated_nw'];
  const flags = ['--network-alias', 'chart', '--network-alias', 'map', '--dns', '192.0.2.53'];
  await docker('run', '-itd', ...network, '--name', 'test5', ...flags, 'busybox');
  assert.match(await inside('test5', 'cat /etc/resolv.conf'), /^nameserver 127\.0\.0\.11$/m);
  await docker('run', '-itd', ...network, '--name', 'test6', '--link', 'test5:friend', 'busybox');
  for (const name of ['test5', 'chart', 'map', 'friend']) assert.equal(await pings('test6', name), true, name);
  assert.equal(await pings('test3', 'chart'), true);
  await docker('rm', '-f', 'test5', 'test6');
});

test('1.15: the commands of the summary', async () => {
  assert.match(await docker('network', 'inspect', 'isolated_nw'), /"Subnet": "172\.18\.0\.0\/16"/);
  assert.match(await docker('inspect', 'test3'), /"IPAddress": "172\.18\.0\.2"/);
  assert.equal(await docker('exec', 'test3', 'echo', 'ok'), 'ok');
  await docker('rm', '-f', 'test1', 'test2', 'test3');
  await docker('network', 'rm', 'isolated_nw');
  assert.equal(await docker('ps', '-aq'), '');
  assert.equal(await docker('network', 'ls', '--format', '{{.Name}}'), 'bridge\nhost\nnone');
});
