import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile({
  flags: ['--default-network-opt', 'bridge=com.docker.network.driver.mtu=1234'],
});

test('a configuration network lends its settings to others, and stays while they are there', async () => {
  const { engine, host } = bench;
  await leavesNothing(engine, async () => {
    const links = await host.must('ip', ['-br', 'link']);
    const settings = ['--subnet', '10.66.0.0/24', '--gateway', '10.66.0.9', '--ip-range', '10.66.0.128/25'];
    await engine.ok(
      'network',
      'create',
      '--config-only',
      ...settings,
      '--label',
      'a=b',
      '-o',
      'com.docker.network.driver.mtu=1300',
      'conf',
    );
    assert.equal(await host.must('ip', ['-br', 'link']), links, 'nothing in the kernel');
    assert.equal(
      await engine.ok(
        'network',
        'inspect',
        '-f',
        '{{.Driver}} {{.Scope}} {{.ConfigOnly}} {{.ConfigFrom.Network}}|',
        'conf',
      ),
      'null local true |',
    );
    await engine.ok('network', 'create', '--config-from', 'conf', 'made');
    const format =
      '{{.Driver}} {{.ConfigOnly}} {{.ConfigFrom.Network}} {{(index .IPAM.Config 0).Gateway}} {{.Labels}} {{.Options}}';
    assert.equal(
      await engine.ok('network', 'inspect', '-f', format, 'made'),
      'bridge false conf 10.66.0.9 map[a:b] map[com.docker.network.driver.mtu:1300]',
    );
    assert.match(
      await engine.ok('run', '--rm', '--network', 'made', 'busybox', 'ip', 'addr', 'show', 'eth0'),
      /mtu 1300.*inet 10\.66\.0\.128\/24/s,
    );

    const refused = async (...args: string[]): Promise<string> => (await engine.docker(...args)).stderr;
    assert.match(await refused('network', 'rm', 'conf'), /configuration network "conf" is in use/);
    assert.match(
      await refused('run', '--network', 'conf', 'busybox'),
      /cannot create endpoint on configuration-only network/,
    );
    assert.match(
      await refused('network', 'create', '--config-from', 'conf', 'again'),
      /networks have overlapping IPv4/,
    );
    assert.match(
      await refused('network', 'create', '--config-from', 'nope', 'x'),
      /configuration network "nope" does not exist/,
    );
    assert.match(
      await refused('network', 'create', '--config-only', '--internal', 'x'),
      /can only contain network specific fields/,
    );
    await engine.ok('network', 'prune', '-f');
    assert.match(await engine.ok('network', 'ls', '--format', '{{.Name}}'), /^conf$/m);
    await engine.ok('network', 'rm', 'conf');
  });
});

test('--default-network-opt holds for networks that do not say', async () => {
  const { engine } = bench;
  const mtu = async (name: string): Promise<string> =>
    engine.ok('network', 'inspect', '-f', '{{index .Options "com.docker.network.driver.mtu"}}', name);
  await engine.ok('network', 'create', 'unsaid');
  await engine.ok('network', 'create', '-o', 'com.docker.network.driver.mtu=1301', 'said');
  assert.deepEqual([await mtu('unsaid'), await mtu('said')], ['1234', '1301']);
  await engine.ok('network', 'rm', 'unsaid', 'said');
});
