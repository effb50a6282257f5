import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

const words = (text: string): string[] => text.split(' ');
const refusal = async (args: string): Promise<string> => {
  const { code, stderr } = await bench.engine.docker(...words(args));
  assert.notEqual(code, 0, args);
  return stderr;
};
const subnetOf = (name: string): Promise<string> =>
  bench.engine.ok('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Subnet}}', name);

test('what needs a swarm is refused in the words for it', async () => {
  assert.match(await refusal('network create --scope swarm n1'), /cannot create a swarm scoped network when swarm is/);
  assert.match(await refusal('network create --ingress n1'), /Ingress network can only be global scope network/);
  assert.match(await refusal('network create -d overlay n1'), /This node is not a swarm manager/);
});

test('a stopped container is connected anew with other wishes; what it is not on is said in Docker’s words', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok(...words('network create --subnet 10.45.0.0/24 wished'));
    await engine.ok(...words('create --name later busybox sleep 1000'));
    assert.match(await refusal('network disconnect wished later'), /is not connected to the network wished/);
    await engine.ok(...words('network connect --ip 10.45.0.5 wished later'));
    await engine.ok(...words('network connect --ip 10.45.0.9 wished later'));
    await engine.ok('start', 'later');
    assert.equal(
      await engine.ok('inspect', '-f', '{{.NetworkSettings.Networks.wished.IPAddress}}', 'later'),
      '10.45.0.9',
    );
    assert.match(
      await refusal('network connect wished later'),
      /endpoint with name later already exists in network wished/,
    );
    assert.match(await refusal('network disconnect -f wished nosuch'), /endpoint nosuch not found/);
    await engine.ok('rm', '-f', 'later');
    await engine.ok('network', 'rm', 'wished');
  });
});

test('of many that ask for one name at once, one gets it', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => engine.docker('network', 'create', 'same')));
    assert.equal(results.filter(({ code }) => code === 0).length, 1);
    for (const { code, stderr } of results)
      if (code !== 0) assert.match(stderr, /network with name same already exists/);
    await engine.ok('network', 'rm', 'same');
  });
});

test('sixty networks made at once have sixty subnets, none that the host reaches by a route', async () => {
  const { engine, host } = bench;
  await leavesNothing(engine, async () => {
    await host.must('ip', ['route', 'add', '172.18.0.0/16', 'dev', 'eth0']);
    await host.must('ip', ['address', 'add', '172.19.5.1/24', 'dev', 'eth0']);
    const names = Array.from({ length: 60 }, (_, i) => `many${i}`);
    await Promise.all(names.map((name) => engine.ok('network', 'create', name)));
    const subnets = await Promise.all(names.map(subnetOf));
    assert.equal(new Set(subnets).size, 60);
    for (const subnet of subnets) assert.doesNotMatch(subnet, /^172\.1[89]\./);
    await engine.ok('network', 'rm', ...names);
    await host.must('ip', ['route', 'delete', '172.18.0.0/16']);
    await host.must('ip', ['address', 'delete', '172.19.5.1/24', 'dev', 'eth0']);
  });
});

test('events tell of each network that is made, joined, left and removed', async () => {
  const { engine } = bench;
  const since = Date.now() / 1000;
  await engine.ok('network', 'create', 'told');
  await engine.ok(...words('run -d --name member --network told busybox sleep 1000'));
  await engine.ok('network', 'connect', 'bridge', 'member');
  await engine.ok('rm', '-f', 'member');
  await engine.ok('network', 'rm', 'told');
  const until = `${Date.now() / 1000}`;
  const format = '{{.Action}} {{.Actor.Attributes.name}}';
  const told = await engine.ok(
    'events',
    ...['--since', `${since}`, '--until', until, '--filter', 'type=network', '--format', format],
  );
  assert.deepEqual(told.split('\n'), [
    'create told',
    'connect told',
    'connect bridge',
    'disconnect told',
    'disconnect bridge',
    'destroy told',
  ]);
});

test('a container that starts on an internal network publishes its ports once another leads out', async () => {
  const { engine, outside, host } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', '--internal', 'inside');
    const serve = ['busybox', 'sh', '-c', 'echo hi > /hi; exec httpd -f -h /'];
    await engine.ok('run', '-d', '--name', 'web', '--network', 'inside', '-p', '8080:80', ...serve);
    const get = async (): Promise<string> =>
      (await outside.exec('curl', ['-s', '-m', '1', `http://${host.ipv4}:8080/hi`])).stdout.trim();
    assert.equal(await engine.ok('port', 'web'), '');
    assert.equal(await get(), '');
    await engine.ok('network', 'connect', 'bridge', 'web');
    assert.equal(await engine.ok('port', 'web'), '80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080');
    assert.equal(await get(), 'hi');
    await engine.ok('network', 'disconnect', 'bridge', 'web');
    assert.equal(await get(), '');
    await engine.ok('rm', '-f', 'web');
    await engine.ok('network', 'rm', 'inside');
  });
});

const pool = { Subnet: '10.45.0.0/24', IPRange: '10.45.0.128/25', Gateway: '10.45.0.9' };
const flagRows: readonly (readonly [flags: string, shown: object])[] = [
  ['--attachable', { Attachable: true }],
  ['--internal --label a=b --label c', { Internal: true, Labels: { a: 'b', c: '' } }],
  ['--ipv6', { EnableIPv4: true, EnableIPv6: true }],
  ['--ipv4=false --ipv6', { EnableIPv4: false, EnableIPv6: true }],
  ['--scope local --driver bridge', { Scope: 'local', Driver: 'bridge' }],
  ['--ipam-driver default --ipam-opt x=y', { IPAM: { Driver: 'default', Options: { x: 'y' } } }],
  [
    '--subnet 10.45.0.0/24 --ip-range 10.45.0.128/25 --gateway 10.45.0.9 --aux-address nas=10.45.0.5',
    { IPAM: { Config: [{ ...pool, AuxiliaryAddresses: { nas: '10.45.0.5' } }] } },
  ],
  ['-o com.docker.network.driver.mtu=1400', { Options: { 'com.docker.network.driver.mtu': '1400' } }],
  ['--config-only --subnet 10.45.0.0/24', { ConfigOnly: true, IPAM: { Config: [{ Subnet: '10.45.0.0/24' }] } }],
];

for (const [flags, shown] of flagRows) {
  test(`docker network create ${flags}`, async () => {
    const { engine } = bench;
    await engine.ok('network', 'create', ...words(flags), 'flagged');
    assert.partialDeepStrictEqual(JSON.parse(await engine.ok('network', 'inspect', 'flagged')), [shown]);
    assert.equal(await engine.ok('network', 'rm', 'flagged'), 'flagged');
  });
}

test('docker network connect with every flag, of a container that runs and of one that starts then', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const both = '--ipv6 --subnet 10.45.0.0/24 --subnet fd00:45::/64';
    await engine.ok(...words(`network create ${both} joined`));
    await engine.ok(...words('run -d --name peer --network joined busybox sleep 1000'));
    await engine.ok(...words('run -d --name up busybox sleep 1000'));
    await engine.ok(...words('create --name down busybox sleep 1000'));
    for (const [name, last] of [
      ['up', '7'],
      ['down', '8'],
    ] as const) {
      const addresses = `--ip 10.45.0.${last} --ip6 fd00:45::${last} --link-local-ip 169.254.9.${last}`;
      const more =
        '--alias other --link peer:mate --gw-priority 4 --driver-opt com.docker.network.endpoint.ifname=sea0';
      await engine.ok(...words(`network connect ${addresses} ${more} joined ${name}`));
      if (name === 'down') await engine.ok('start', name);
      const inside = (await engine.ok('exec', name, 'ip', '-o', 'address', 'show', 'sea0')).replaceAll(/ +/g, ' ');
      for (const address of [`10.45.0.${last}/24`, `fd00:45::${last}/64`, `169.254.9.${last}/16`]) {
        assert.ok(inside.includes(` ${address} `), `${name}: ${address}: ${inside}`);
      }
      assert.match(await engine.ok('exec', name, 'ip', 'route'), /^default via 10\.45\.0\.1 dev sea0/);
      for (const one of ['other', 'mate']) await engine.ok('exec', name, 'ping', '-c', '1', '-W', '2', one);
    }
    await engine.ok('rm', '-f', 'peer', 'up', 'down');
    await engine.ok('network', 'rm', 'joined');
  });
});
