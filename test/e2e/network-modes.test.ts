import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing, listens } from './engine.ts';

const bench = engineForFile();

const option = (name: string, value: string): string[] => ['-o', `com.docker.network.${name}=${value}`];
const serve = ['busybox', 'sh', '-c', 'echo hi > /hi; httpd -h / -p 80; exec httpd -f -h / -p 81'] as const;

/** What another machine gets that sends packets for the containers' network to the engine's host. */
async function getDirectly(address: string, port: number): Promise<string> {
  const { host, outside } = bench;
  await outside.must('ip', ['route', 'replace', '10.44.0.0/24', 'via', host.ipv4]);
  return (await outside.exec('curl', ['-s', '-m', '1', `http://${address}:${port}/hi`])).stdout.trim();
}

for (const { mode, published, unpublished } of [
  { mode: 'nat', published: '', unpublished: '' },
  { mode: 'nat-unprotected', published: 'hi', unpublished: 'hi' },
  { mode: 'routed', published: 'hi', unpublished: '' },
]) {
  test(`gateway mode ${mode}: what another machine reaches by the container's own address`, async () => {
    const { engine, host, outside } = bench;
    await leavesNothing(engine, async () => {
      const flags = [...option('bridge.gateway_mode_ipv4', mode), '--subnet', '10.44.0.0/24'];
      await engine.ok('network', 'create', ...flags, 'moded');
      await engine.ok('run', '-d', '--name', 'web', '--network', 'moded', '-p', '8080:80', ...serve);
      await listens(engine, 'web', 80, 81);
      assert.equal(await getDirectly('10.44.0.2', 80), published);
      assert.equal(await getDirectly('10.44.0.2', 81), unpublished);
      const byHost = await outside.exec('curl', ['-s', '-m', '1', `http://${host.ipv4}:8080/hi`]);
      assert.equal(byHost.stdout.trim(), mode === 'routed' ? '' : 'hi');
      assert.equal(
        await engine.ok('port', 'web', '80'),
        mode === 'routed' ? '0.0.0.0:\n[::]:' : '0.0.0.0:8080\n[::]:8080',
      );
      await outside.must('ip', ['route', 'delete', '10.44.0.0/24']);
      await engine.ok('rm', '-f', 'web');
      await engine.ok('network', 'rm', 'moded');
    });
  });
}

test('host_ipv4 is the address under which a network leaves', async () => {
  const { engine, host, outside } = bench;
  const server = outside.spawn('socat', ['TCP-LISTEN:7000,fork,reuseaddr', 'SYSTEM:echo $SOCAT_PEERADDR']);
  await host.must('ip', ['address', 'add', '192.0.2.77/24', 'dev', 'eth0']);
  await engine.ok('network', 'create', ...option('host_ipv4', '192.0.2.77'), 'named');
  const seen = (network: string): Promise<string> =>
    engine.ok('run', '--rm', '--network', network, 'busybox', 'nc', '-w', '2', outside.ipv4, '7000');
  assert.equal(await seen('named'), '192.0.2.77');
  assert.equal(await seen('bridge'), host.ipv4);
  await engine.ok('network', 'rm', 'named');
  server.kill();
});

test('interfaces are called as the network or the endpoint says', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', ...option('container_iface_prefix', 'lan'), 'prefixed');
    const names = (...networks: string[]): Promise<string> =>
      engine.ok('run', '--rm', ...networks.flatMap((name) => ['--network', name]), 'busybox', 'ls', '/sys/class/net');
    assert.equal(await names('prefixed'), 'lan0\nlo');
    assert.equal(await names('name=prefixed,driver-opt=com.docker.network.endpoint.ifname=wan'), 'lo\nwan');
    await engine.ok('network', 'rm', 'prefixed');
  });
});

test('a gateway mode that is none, or not for this network, is refused', async () => {
  const { engine } = bench;
  const refusal = async (mode: string): Promise<string> =>
    (await engine.docker('network', 'create', ...option('bridge.gateway_mode_ipv4', mode), 'odd')).stderr;
  assert.match(
    await refusal('x'),
    /failed to parse com\.docker\.network\.bridge\.gateway_mode_ipv4 value: x \(unknown gateway mode x\)/,
  );
  assert.match(await refusal('isolated'), /gateway mode 'isolated' can only be used for an internal network/);
  await engine.ok('network', 'create', '--internal', ...option('bridge.gateway_mode_ipv4', 'isolated'), 'odd');
  assert.doesNotMatch(await engine.ok('run', '--rm', '--network', 'odd', 'busybox', 'ip', 'route'), /default/);
  await engine.ok('network', 'rm', 'odd');
});
