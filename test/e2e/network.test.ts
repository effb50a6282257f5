import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

const addressOf = (container: string, network: string): Promise<string> =>
  bench.engine.ok('inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, container);
/** One echo request within a second. */
const pings = async (from: string, to: string): Promise<boolean> =>
  (await bench.engine.docker('exec', from, 'ping', '-c', '1', '-W', '1', to)).code === 0;

test('the notes’ experiment: two networks are apart until a container is connected to both, live', async () => {
  const { engine, host } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-itd', '--name', 'test1', 'busybox');
    await engine.ok('run', '-itd', '--name', 'test2', 'busybox');
    await engine.ok('network', 'create', '--driver', 'bridge', 'isolated_nw');
    await engine.ok('run', '-itd', '--network=isolated_nw', '--name=test3', 'busybox');
    const [one, two] = [await addressOf('test1', 'bridge'), await addressOf('test2', 'bridge')];
    assert.deepEqual([one, two, await addressOf('test3', 'isolated_nw')], ['172.17.0.2', '172.17.0.3', '172.18.0.2']);
    assert.equal(await pings('test1', two), true);
    assert.equal(await pings('test3', two), false);

    const bridges = JSON.parse(await host.must('ip', ['-json', 'link', 'show', 'type', 'bridge'])) as {
      ifname: string;
    }[];
    const id = await engine.ok('network', 'inspect', '-f', '{{.Id}}', 'isolated_nw');
    assert.deepEqual(bridges.map(({ ifname }) => ifname).sort(), [`br-${id.slice(0, 12)}`, 'docker0']);

    await engine.ok('network', 'connect', 'bridge', 'test3');
    assert.equal(await pings('test3', two), true);
    assert.match(await engine.ok('exec', 'test3', 'ip', '-4', 'addr', 'show', 'eth1'), /inet 172\.17\.0\.4\/16/);
    await engine.ok('network', 'disconnect', 'bridge', 'test3');
    assert.equal(await pings('test3', two), false);
    assert.notEqual((await engine.docker('exec', 'test3', 'ip', 'link', 'show', 'eth1')).code, 0);
    await engine.ok('rm', '-f', 'test1', 'test2', 'test3');
    await engine.ok('network', 'rm', 'isolated_nw');
  });
});

test('names: containers, aliases and short ids resolve on user-defined networks, not on the default one', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', 'names');
    const id = await engine.ok(
      'run',
      '-d',
      '--name',
      'web',
      '--network',
      'names',
      '--network-alias',
      'www',
      'busybox',
      'sleep',
      '1000',
    );
    await engine.ok('run', '-d', '--name', 'asks', '--network', 'names', 'busybox', 'sleep', '1000');
    for (const name of ['web', 'www', id.slice(0, 12), 'web.names', 'WEB']) assert.ok(await pings('asks', name), name);
    await engine.ok('rename', 'web', 'shop');
    assert.ok(await pings('asks', 'shop'));
    assert.equal(await pings('asks', 'web'), false);
    await engine.ok('run', '-d', '--name', 'plain', 'busybox', 'sleep', '1000');
    assert.equal(await pings('plain', 'shop'), false);
    assert.match(await engine.ok('exec', 'asks', 'cat', '/etc/resolv.conf'), /nameserver 127\.0\.0\.11/);
    await engine.ok('rm', '-f', 'shop', 'asks', 'plain');
    await engine.ok('network', 'rm', 'names');
  });
});

test('masquerade to the outside, none without a way out, internal without one either, host in the host', async () => {
  const { engine, outside, host } = bench;
  const reaches = async (...flags: string[]): Promise<boolean> =>
    (await engine.docker('run', '--rm', ...flags, 'busybox', 'ping', '-c', '1', '-W', '1', outside.ipv4)).code === 0;
  await engine.ok('network', 'create', '--internal', 'inside');
  assert.equal(await reaches(), true);
  assert.equal(await reaches('--network', 'none'), false);
  assert.equal(await reaches('--network', 'inside'), false);
  assert.equal(await reaches('--network', 'host'), true);
  await engine.ok('network', 'rm', 'inside');
  assert.match(await engine.ok('run', '--rm', '--network', 'host', 'busybox', 'ip', 'addr'), new RegExp(host.ipv4));
  assert.equal(await engine.ok('run', '--rm', '--network', 'none', 'busybox', 'ls', '/sys/class/net'), 'lo');
});

test('container:NAME shares namespace, host name and files', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'owner', '--hostname', 'shared', 'busybox', 'sleep', '1000');
  const inside = await engine.ok('exec', 'owner', 'sh', '-c', 'ip addr show eth0; hostname; cat /etc/hosts');
  const guest = await engine.ok(
    'run',
    '--rm',
    '--network',
    'container:owner',
    'busybox',
    'sh',
    '-c',
    'ip addr show eth0; hostname; cat /etc/hosts',
  );
  assert.equal(guest, inside);
  await engine.ok('rm', '-f', 'owner');
});

test('subnet, gateway, ip-range, static address, labels, filters and inspect', async () => {
  const { engine } = bench;
  const flags = [
    '--subnet',
    '10.99.0.0/24',
    '--gateway',
    '10.99.0.254',
    '--ip-range',
    '10.99.0.128/25',
    '--label',
    'tier=db',
  ];
  await engine.ok('network', 'create', ...flags, 'chosen');
  await engine.ok('run', '-d', '--name', 'dyn', '--network', 'chosen', 'busybox', 'sleep', '1000');
  await engine.ok(
    'run',
    '-d',
    '--name',
    'static',
    '--network',
    'chosen',
    '--ip',
    '10.99.0.7',
    'busybox',
    'sleep',
    '1000',
  );
  assert.equal(await addressOf('dyn', 'chosen'), '10.99.0.128');
  assert.equal(await addressOf('static', 'chosen'), '10.99.0.7');
  assert.match(await engine.ok('exec', 'dyn', 'ip', 'route'), /default via 10\.99\.0\.254 dev eth0/);
  assert.equal(
    await engine.ok('network', 'ls', '--filter', 'label=tier=db', '--format', '{{.Name}} {{.Driver}}'),
    'chosen bridge',
  );
  const [network] = JSON.parse(await engine.ok('network', 'inspect', 'chosen')) as Record<string, any>[];
  assert.deepEqual(network!['IPAM'].Config, [
    { Subnet: '10.99.0.0/24', IPRange: '10.99.0.128/25', Gateway: '10.99.0.254' },
  ]);
  assert.deepEqual(
    Object.values(network!['Containers'])
      .map((one: any) => `${one.Name} ${one.IPv4Address}`)
      .sort(),
    ['dyn 10.99.0.128/24', 'static 10.99.0.7/24'],
  );
  await engine.ok('rm', '-f', 'dyn', 'static');
  await engine.ok('network', 'prune', '-f');
  assert.equal(await engine.ok('network', 'ls', '-q', '--filter', 'name=chosen'), '');
});

test('forty networks at once: addresses never run out, and all go again', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const names = Array.from({ length: 40 }, (_, i) => `many${i}`);
    for (const name of names) await engine.ok('network', 'create', name);
    const subnets = await engine.ok('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Subnet}}', ...names);
    assert.equal(new Set(subnets.split('\n')).size, 40);
    await engine.ok('network', 'rm', ...names);
  });
});

test('repair restores what was taken away by hand, and removes what no record owns', async () => {
  const { engine, host } = bench;
  await engine.ok(
    'run',
    '-d',
    '--name',
    'a1',
    '-p',
    '8081:80',
    'busybox',
    'sh',
    '-c',
    'echo hi > /index.html; httpd -f -h /',
  );
  await engine.ok('run', '-d', '--name', 'a2', 'busybox', 'sleep', '1000');
  const before = await engine.leftovers();
  const curl = async (): Promise<string> =>
    (await host.exec('curl', ['-s', '-m', '2', 'http://127.0.0.1:8081/'])).stdout;
  assert.equal(await curl(), 'hi\n');

  const table = /table inet (\S+)/.exec(await host.must('nft', ['list', 'tables']))![1]!;
  await host.must('ip', ['address', 'flush', 'dev', 'docker0']);
  const veth = (
    await host
      .must('ip', ['-json', 'link', 'show', 'type', 'veth'])
      .then((text) => JSON.parse(text) as { ifname: string; master?: string }[])
  ).find(({ master }) => master === 'docker0');
  await host.must('ip', ['link', 'delete', veth!.ifname]);
  await host.must('ip', ['link', 'add', 'br-stray', 'type', 'bridge']);
  await host.must('ip', ['link', 'set', 'br-stray', 'alias', `${table}:network:gone`]);
  assert.equal(await curl(), '');

  const { stdout } = await engine.portolan('network', 'repair');
  assert.match(stdout, /br-stray/);
  const isAsBefore = async (): Promise<void> =>
    assert.deepEqual({ ...(await engine.leftovers()), links: [], routes: [] }, { ...before, links: [], routes: [] });
  await isAsBefore();
  assert.equal(await curl(), 'hi\n');
  assert.ok(await pings('a1', await addressOf('a2', 'bridge')));

  // Rules that somebody takes away come back by themselves.
  await host.must('nft', ['flush', 'ruleset']);
  await until('the rules are back', async () => isDeepStrictEqual((await engine.leftovers()).rules, before.rules));
  await isAsBefore();
  await engine.ok('rm', '-f', 'a1', 'a2');
});
