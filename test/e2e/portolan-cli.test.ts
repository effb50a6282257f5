import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type LabEngine, run } from '../lab/index.ts';
import { engineForFile } from './engine.ts';

const bench = engineForFile();

/** Runs `body` and shows that containers, networks and links are afterwards what they were before. */
async function leavesNothing(engine: LabEngine, body: () => Promise<void>): Promise<void> {
  const seen = async (): Promise<readonly unknown[]> => [
    await engine.ok('ps', '--all', '--quiet', '--no-trunc'),
    await engine.ok('network', 'ls', '--quiet', '--no-trunc'),
    (await engine.leftovers()).links,
  ];
  const before = await seen();
  await body();
  // A link goes a moment after its container: the kernel takes a namespace down behind our backs.
  for (let attempt = 0; attempt < 20; attempt++) {
    if (isDeepStrictEqual(await seen(), before)) return;
    await sleep(100);
  }
  assert.deepEqual(await seen(), before);
}

test('portolan tour holds at every step and leaves nothing', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const { stdout, stderr, code } = await engine.portolan('tour');
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /All 14 steps hold|13 of 14 steps hold, 1 skipped/);
    for (const shown of [
      'eth1',
      'nft list counter inet',
      'nft list map inet',
      'echo: hello',
      'Hello from a container',
      'nameserver 127.0.0.11',
      '"harbour" refers to test2',
    ]) {
      assert.ok(stdout.includes(shown), `the tour does not show ${shown}`);
    }
  });
});

test("portolan tour does not touch the user's container of the same name, nor a taken port", async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'test1', '-p', '8080:80', 'busybox', 'sleep', '1000');
  const { stdout, code } = await engine.portolan('tour');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /--name tour-test1 /);
  assert.match(stdout, /Port 8080 of this host is taken: trying 8081/);
  assert.equal(await engine.ok('ps', '--format', '{{.Names}}'), 'test1');
  await engine.ok('rm', '-f', 'test1');
});

test('portolan tour says which step does not hold, and clears up', async () => {
  const { engine } = bench;
  await engine.ok('network', 'create', 'elsewhere');
  await leavesNothing(engine, async () => {
    // A rule of another program keeps frames of the default bridge from being forwarded.
    const rules = 'table bridge spoiler { chain forward { type filter hook forward priority 0; policy drop; }; }';
    const nft = (...words: readonly string[]) => run('nsenter', [`--net=${engine.host.netnsPath}`, 'nft', ...words]);
    assert.equal((await nft(rules)).code, 0);
    try {
      const { stdout, code } = await engine.portolan('tour');
      assert.equal(code, 1);
      assert.match(stdout, /✗ does not hold: test1 reaches test2/);
    } finally {
      await nft('delete', 'table', 'bridge', 'spoiler');
    }
  });
  await engine.ok('network', 'rm', 'elsewhere');
});

test('portolan run, exec, logs and rm do what docker does', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const once = await engine.portolan('run', '--rm', 'busybox', 'sh', '-c', 'echo out; echo err >&2; exit 7');
    assert.deepEqual([once.stdout, once.stderr, once.code], ['out\n', 'err\n', 7]);
    const started = await engine.portolan(
      'run',
      '-d',
      '--name',
      'web',
      'busybox',
      'sh',
      '-c',
      'echo hello; sleep 1000',
    );
    assert.match(started.stdout, /^[0-9a-f]{64}\n$/);
    assert.equal((await engine.portolan('exec', 'web', 'sh', '-c', 'exit 5')).code, 5);
    assert.equal((await engine.portolan('logs', 'web')).stdout, 'hello\n');
    assert.equal((await engine.portolan('rm', '-f', 'web')).stdout, 'web\n');
  });
});

const same: readonly (readonly string[])[] = [
  ['ps', '-a', '--no-trunc', '--format', 'json'],
  ['ps', '-a', '--format', 'table {{.ID}}\\t{{.Names}}\\t{{.Ports}}\\t{{.Label "app"}}'],
  ['images', '--digests'],
  ['images', '--format', '{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}'],
  ['network', 'ls', '--no-trunc'],
  ['network', 'ls', '--format', '{{json .}}'],
  [
    'network',
    'ls',
    '--format',
    'table {{.Name}}\\t{{.IPv4}}\\t{{.IPv6}}\\t{{.Internal}}\\t{{.Labels}}\\t{{.CreatedAt}}',
  ],
  ['network', 'inspect', 'bridge', 'host', 'none', 'nosuch'],
  ['network', 'create', '--subnet', '10.61.0.1/24', 'refused'],
  ['network', 'disconnect', 'host', 'both'],
  ['port', 'both'],
  ['inspect', '-f', '{{json .Config.Labels}} {{.HostConfig.Memory}} {{range .Mounts}}{{.Destination}}{{end}}', 'both'],
  ['inspect', '-f', '{{range $k, $v := .NetworkSettings.Networks}}{{$k}}={{$v.IPAddress}} {{end}}', 'both'],
  ['inspect', 'both'],
  ['network', 'inspect', 'bridge'],
  ['image', 'inspect', 'busybox'],
  ['history', '--no-trunc', 'busybox'],
  ['logs', 'both'],
  ['system', 'df'],
];

test('portolan and docker print the same on the same engine', async () => {
  const { engine } = bench;
  const limits = ['-m', '64m', '-l', 'app=shop', '-v', '/data'];
  await engine.ok(
    'run',
    '-d',
    '--name',
    'both',
    ...limits,
    '-p',
    '7000-7002:7000-7002',
    '-p',
    '53/udp',
    '-p',
    '8010:90',
    'busybox',
    'sh',
    '-c',
    'echo hi; sleep 1000',
  );
  for (const argv of same) {
    const ask = () => Promise.all([engine.portolan(...argv), engine.docker(...argv)]);
    let [ours, theirs] = await ask();
    // Ages are counted in seconds: the two may ask on either side of a tick.
    for (let again = 0; again < 3 && ours.stdout !== theirs.stdout; again++) [ours, theirs] = await ask();
    assert.equal(ours.code, theirs.code, argv.join(' '));
    assert.equal(ours.stdout, theirs.stdout, argv.join(' '));
  }
  await engine.ok('rm', '-f', '-v', 'both');
});
