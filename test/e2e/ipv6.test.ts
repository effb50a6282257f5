import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile({ flags: ['--ipv6', '--bip6', 'fd00:17::1/64'] });

/** Serves the client's address, as the kernel inside the container sees it. */
const script =
  'mkdir -p /w/cgi-bin; printf "#!/bin/sh\\necho; echo \\$REMOTE_ADDR" > /w/cgi-bin/who; chmod +x /w/cgi-bin/who; exec httpd -f -h /w';
const serve = ['busybox', 'sh', '-c', script];
const url = (address: string, port: string | number): string =>
  `http://${address.includes(':') ? `[${address}]` : address}:${port}/cgi-bin/who`;

/** "[::ffff:192.0.2.1]" and "[2001:db8::1]" without what httpd adds. */
const bare = (text: string): string => text.trim().replace(/^\[(?:::ffff:)?|\]$/g, '');

type From = { exec(program: string, args: readonly string[]): Promise<{ readonly stdout: string }> };

/** What the container saw of whoever asked from there; "" when nobody was heard. */
const seenFrom = async (from: From, address: string, port: string | number): Promise<string> =>
  bare((await from.exec('curl', ['-s', '-m', '3', url(address, port)])).stdout);

/** The machine's own programs in a container's network. */
async function inside(name: string): Promise<From> {
  const { engine } = bench;
  const pid = await engine.ok('inspect', '-f', '{{.State.Pid}}', name);
  return { exec: (program, args) => bench.host.exec('nsenter', [`--net=/proc/${pid}/ns/net`, program, ...args]) };
}

const field = (name: string, path: string): Promise<string> => bench.engine.ok('inspect', '-f', `{{${path}}}`, name);

async function untilServed(address: string, port: number): Promise<void> {
  for (let i = 0; i < 50 && (await seenFrom(bench.host, address, port)) === ''; i++) await sleep(50);
}

test('a port is published on both families with one number, to everybody, and the server sees who asks', async () => {
  const { engine, host, outside } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', '--ipv6', '--subnet', '10.20.0.0/24', '--subnet', 'fd00:20::/64', 'two');
    await engine.ok('network', 'create', '--ipv6', 'other');
    await engine.ok(
      'run',
      '-d',
      '--name',
      'web',
      '--network',
      'two',
      '--ip6',
      'fd00:20::99',
      '-p',
      '8080:80',
      '-p',
      '81',
      ...serve,
    );
    await engine.ok('run', '-d', '--name', 'near', '--network', 'two', 'busybox', 'sleep', '1000');
    await engine.ok('run', '-d', '--name', 'apart', '--network', 'other', 'busybox', 'sleep', '1000');
    await untilServed('::1', 8080);

    const [, any4, any6] = /^0\.0\.0\.0:(\d+)\n\[::\]:(\d+)$/.exec(await engine.ok('port', 'web', '81')) ?? [];
    assert.ok(any4 !== undefined && any4 === any6, 'the same number for both');
    assert.equal(await engine.ok('port', 'web', '80'), '0.0.0.0:8080\n[::]:8080');

    const gateway = { 4: '10.20.0.1', 6: 'fd00:20::1' };
    assert.equal(await seenFrom(outside, host.ipv4, 8080), outside.ipv4, 'from another machine');
    assert.equal(await seenFrom(outside, host.ipv6, 8080), outside.ipv6);
    for (const address of ['127.0.0.1', host.ipv4]) {
      assert.equal(await seenFrom(host, address, 8080), gateway[4], `this host, ${address}`);
    }
    for (const address of ['::1', host.ipv6]) {
      assert.equal(await seenFrom(host, address, 8080), gateway[6], `this host, ${address}`);
    }
    for (const name of ['near', 'apart', 'web']) {
      const from = await inside(name);
      assert.notEqual(await seenFrom(from, host.ipv4, 8080), '', `container ${name}, IPv4`);
      assert.notEqual(await seenFrom(from, host.ipv6, 8080), '', `container ${name}, IPv6`);
    }
    const near = await inside('near');
    assert.equal(
      await seenFrom(near, 'fd00:20::99', 80),
      await field('near', '.NetworkSettings.Networks.two.GlobalIPv6Address'),
    );
    assert.equal(await seenFrom(await inside('apart'), 'fd00:20::99', 80), '', 'networks are isolated over IPv6 too');
    await outside.must('ip', ['route', 'replace', 'fd00:20::/64', 'via', host.ipv6]);
    assert.equal(await seenFrom(outside, 'fd00:20::99', 80), '', 'what is not published of a container is closed');
    await engine.ok('rm', '-f', 'web', 'near', 'apart');
    await engine.ok('network', 'rm', 'two', 'other');
  });
});

test('host addresses in brackets are published on them alone', async () => {
  const { engine, host, outside } = bench;
  await host.must('ip', ['address', 'add', 'fd00:aa::1/128', 'dev', 'lo']);
  const ports = ['-p', '[::1]:8081:80', '-p', '[fd00:aa::1]:8082:80', '-p', '127.0.0.1:8083:80'];
  await engine.ok('run', '-d', '--name', 'some', ...ports, ...serve);
  await untilServed('::1', 8081);
  assert.match(await engine.ok('port', 'some'), /^80\/tcp -> \[::1\]:8081$/m);
  assert.match(await engine.ok('port', 'some'), /^80\/tcp -> \[fd00:aa::1\]:8082$/m);
  assert.equal(await seenFrom(host, '::1', 8081), 'fd00:17::1');
  assert.equal(await seenFrom(host, 'fd00:aa::1', 8082), 'fd00:17::1');
  assert.notEqual(await seenFrom(host, '127.0.0.1', 8083), '');
  await outside.must('ip', ['route', 'replace', 'fd00:aa::1', 'via', host.ipv6]);
  assert.equal(await seenFrom(outside, 'fd00:aa::1', 8082), outside.ipv6);
  assert.equal(await seenFrom(outside, host.ipv6, 8081), '');
  assert.equal(await seenFrom(outside, host.ipv6, 8082), '');
  assert.equal(await seenFrom(outside, host.ipv4, 8083), '');
  await engine.ok('rm', '-f', 'some');
  const { stderr } = await engine.docker('run', '--rm', '-p', '[2001:db8:ffff::1]:8084:80', 'busybox', 'true');
  assert.match(stderr, /failed to bind host port \[2001:db8:ffff::1\]:8084\/tcp: cannot assign requested address/);
  await engine.ok('container', 'prune', '-f');
});

test('an IPv4 container is not shown to IPv6 clients under another address: they are refused at once', async () => {
  const { engine, host, outside } = bench;
  await engine.ok('network', 'create', 'four');
  await engine.ok('run', '-d', '--name', 'old', '--network', 'four', '-p', '8080:80', ...serve);
  await untilServed('127.0.0.1', 8080);
  assert.equal(await seenFrom(outside, host.ipv4, 8080), outside.ipv4);
  assert.notEqual(await seenFrom(host, '::1', 8080), '');
  const { stderr, code } = await outside.exec('curl', ['-sS', '-m', '3', url(host.ipv6, 8080)]);
  assert.equal(code, 7, stderr); // CURLE_COULDNT_CONNECT: not a timeout, and not a connection that is cut
  const resolve = ['--resolve', `both:8080:[${host.ipv6}],${host.ipv4}`];
  const answer = await outside.exec('curl', ['-s', '-m', '3', ...resolve, 'http://both:8080/cgi-bin/who']);
  assert.equal(bare(answer.stdout), outside.ipv4, 'a client that knows both addresses gets there over IPv4');
  assert.equal(await engine.ok('exec', 'old', 'cat', '/proc/sys/net/ipv6/conf/eth0/disable_ipv6'), '1');
  await engine.ok('rm', '-f', 'old');
  await engine.ok('network', 'rm', 'four');
});

test('a network of IPv6 alone: addresses, names, the way out, and a port of IPv6 alone', async () => {
  const { engine, host, outside } = bench;
  await engine.ok('network', 'create', '--ipv4=false', '--ipv6', 'six');
  await engine.ok('run', '-d', '--name', 'web', '--network', 'six', '-p', '8080:80', ...serve);
  await engine.ok(
    'run',
    '-d',
    '--name',
    'client',
    '--network',
    'six',
    '--link-local-ip',
    'fe80::77',
    'busybox',
    'sleep',
    '1000',
  );
  await untilServed('::1', 8080);
  assert.equal(await engine.ok('port', 'web', '80'), '[::]:8080');
  assert.equal(await field('web', '.NetworkSettings.Networks.six.IPAddress'), '');
  assert.match(
    await engine.ok('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Subnet}}', 'six'),
    /^fd[0-9a-f:]+::\/64$/,
  );
  assert.match(await engine.ok('exec', 'client', 'ip', '-6', 'addr', 'show', 'eth0'), /inet6 fe80::77\/64/);
  const client = await inside('client');
  assert.notEqual(
    await seenFrom(client, await field('web', '.NetworkSettings.Networks.six.GlobalIPv6Address'), 80),
    '',
  );
  const resolved = await client.exec('dig', ['+short', '@127.0.0.11', 'web', 'AAAA']);
  assert.equal(resolved.stdout.trim(), await field('web', '.NetworkSettings.Networks.six.GlobalIPv6Address'));
  assert.equal((await client.exec('ping', ['-c1', '-W2', outside.ipv6])).stdout.includes('1 received'), true);
  assert.equal(await seenFrom(outside, host.ipv6, 8080), outside.ipv6);
  assert.equal(await seenFrom(outside, host.ipv4, 8080), '');
  await engine.ok('rm', '-f', 'web', 'client');
  await engine.ok('network', 'rm', 'six');
});

test('a routed IPv6 network keeps addresses, answers pings and opens what is published', async () => {
  const { engine, host, outside } = bench;
  const routed = ['-o', 'com.docker.network.bridge.gateway_mode_ipv6=routed'];
  await engine.ok('network', 'create', '--ipv6', '--subnet', 'fd00:30::/64', ...routed, 'open');
  await engine.ok('run', '-d', '--name', 'web', '--network', 'open', '--ip6', 'fd00:30::80', '-p', '8080:80', ...serve);
  await untilServed('127.0.0.1', 8080);
  await outside.must('ip', ['route', 'replace', 'fd00:30::/64', 'via', host.ipv6]);
  assert.equal(await seenFrom(outside, 'fd00:30::80', 80), outside.ipv6);
  assert.ok((await outside.exec('ping', ['-c1', '-W2', 'fd00:30::80'])).stdout.includes('1 received'));
  assert.equal(await seenFrom(outside, 'fd00:30::80', 81), '');
  assert.equal(await seenFrom(outside, host.ipv6, 8080), '', 'no port of the host in IPv6');
  assert.equal(await seenFrom(outside, host.ipv4, 8080), outside.ipv4);
  const web = await inside('web');
  const ping = await web.exec('ping', ['-c1', '-W2', outside.ipv6]);
  assert.ok(ping.stdout.includes('1 received'), 'its own address leaves, and the answer finds it');
  await engine.ok('rm', '-f', 'web');
  await engine.ok('network', 'rm', 'open');
});
