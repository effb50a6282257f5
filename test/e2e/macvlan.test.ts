import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const docker = (...args: readonly string[]): Promise<string> => bench.engine.ok(...args);

/** The lab's segment is 192.0.2.0/24, with the engine's host and another one on it. */
const lan = ['--subnet=192.0.2.0/24', '--ip-range=192.0.2.192/27'];
const run = (name: string, ...args: readonly string[]): Promise<string> =>
  docker('run', '--detach', '--name', name, ...args, 'busybox', 'sleep', '600');
const pings = async (from: 'outside' | 'host', address: string): Promise<boolean> =>
  (await bench[from].exec('ping', ['-c3', '-i0.2', '-W1', address])).code === 0;
const containerPings = async (name: string, address: string): Promise<boolean> =>
  (await bench.engine.docker('exec', name, 'ping', '-c2', '-W2', address)).code === 0;
const field = (what: string, format: string): Promise<string> => docker('inspect', '--format', format, what);

test('docker network create -d macvlan, as the study notes have it: the segment reaches the container', async () => {
  const { engine, outside } = bench;
  await leavesNothing(engine, async () => {
    const gateway = `--gateway=${outside.ipv4}`;
    await docker('network', 'create', '-d', 'macvlan', ...lan, gateway, '-o', 'parent=eth0', 'macvlanx');
    await run('one', '--network', 'macvlanx');
    await run('two', '--network', 'macvlanx', '--ip', '192.0.2.200', '--mac-address', '02:42:c0:00:02:c8');
    const one = await field('one', '{{.NetworkSettings.Networks.macvlanx.IPAddress}}');
    assert.equal(one, '192.0.2.192');
    assert.ok(await pings('outside', one));
    assert.ok(await pings('outside', '192.0.2.200'));
    assert.match(await outside.must('ip', ['neigh', 'show', '192.0.2.200']), /02:42:c0:00:02:c8/);
    assert.ok(!(await pings('host', one)), 'the kernel keeps the parent and its children apart');
    assert.ok(await containerPings('one', 'two'), 'names are resolved as on a bridge');
    assert.ok(await containerPings('one', outside.ipv4));
    const settings = '{{.Gateway}} {{.IPPrefixLen}} {{.MacAddress}}';
    assert.equal(
      await field('two', `{{with .NetworkSettings.Networks.macvlanx}}${settings}{{end}}`),
      `${outside.ipv4} 24 02:42:c0:00:02:c8`,
    );
    assert.equal(await field('macvlanx', '{{.Driver}} {{.Internal}} {{.Options.parent}}'), 'macvlan false eth0');
    assert.match(await docker('exec', 'one', 'ip', 'route'), new RegExp(`^default via ${outside.ipv4} dev eth0`));
    await docker('rm', '--force', 'one', 'two');
    await docker('network', 'rm', 'macvlanx');
  });
});

test('a container keeps address and hardware address over its restart and the engine’s', async () => {
  const { engine } = bench;
  await docker('network', 'create', '-d', 'macvlan', ...lan, '-o', 'parent=eth0', 'lan');
  await run('one', '--network', 'lan');
  const seen = (): Promise<string> =>
    field('one', '{{with .NetworkSettings.Networks.lan}}{{.IPAddress}} {{.MacAddress}}{{end}}');
  const before = await seen();
  await docker('restart', '--time', '0', 'one');
  assert.equal(await seen(), before);
  await engine.restart();
  assert.equal(await seen(), before);
  assert.ok(await pings('outside', before.split(' ')[0]!));
  assert.equal(await field('lan', '{{len .IPAM.Config}} [{{(index .IPAM.Config 0).Gateway}}]'), '1 []');
  await docker('rm', '--force', 'one');
  await docker('network', 'rm', 'lan');
});

test('beside a bridge: connected and disconnected live, the default route by priority', async () => {
  const { outside } = bench;
  await docker('network', 'create', '-d', 'macvlan', ...lan, `--gateway=${outside.ipv4}`, '-o', 'parent=eth0', 'lan');
  await run('one', '--publish', '18083:80');
  await docker('network', 'connect', '--gw-priority', '1', 'lan', 'one');
  const route = (): Promise<string> => docker('exec', 'one', 'ip', 'route', 'show', 'default');
  assert.match(await route(), new RegExp(`via ${outside.ipv4} dev eth1`));
  const address = await field('one', '{{.NetworkSettings.Networks.lan.IPAddress}}');
  assert.ok(await pings('outside', address));
  await docker('network', 'disconnect', 'lan', 'one');
  assert.match(await route(), /dev eth0/);
  assert.ok(!(await pings('outside', address)));
  assert.match(await docker('port', 'one'), /18083/, 'published again by the bridge');
  await docker('rm', '--force', 'one');
  await docker('network', 'rm', 'lan');
});

test('com.portolan.host_access=true: the host reaches its containers', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const options = ['-o', 'parent=eth0', '-o', 'com.portolan.host_access=true'];
    await docker('network', 'create', '-d', 'macvlan', ...lan, ...options, 'lan');
    assert.equal(
      await field('lan', '{{index (index .IPAM.Config 0).AuxiliaryAddresses "com.portolan.host"}}'),
      '192.0.2.192',
    );
    await run('one', '--network', 'lan');
    const address = await field('one', '{{.NetworkSettings.Networks.lan.IPAddress}}');
    assert.ok(await pings('host', address));
    assert.ok(await pings('outside', address));
    assert.ok(await containerPings('one', bench.host.ipv4));
    await engine.kill9();
    await engine.launch();
    assert.ok(await pings('host', address));
    await docker('rm', '--force', 'one');
    await docker('network', 'rm', 'lan');
  });
});

test('what cannot be is refused in Docker’s words', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const refused = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await engine.docker('network', 'create', '-d', ...args, 'bad');
      assert.equal(code, 1, stderr);
      return stderr;
    };
    assert.match(
      await refused('macvlan', '-o', 'parent=eth0', '-o', 'macvlan_mode=x'),
      /Error response from daemon: requested macvlan mode 'x' is not valid, 'bridge' mode is the macvlan driver default/,
    );
    assert.match(await refused('macvlan', '-o', 'parent=lo'), /loopback interface is not a valid macvlan parent link/);
    assert.match(
      await refused('ipvlan', '-o', 'parent=nope'),
      /invalid subinterface vlan name nope, example formatting is eth0.10/,
    );
    assert.match(
      await refused('ipvlan', '-o', 'parent=eth0', '-o', 'ipvlan_mode=x'),
      /requested ipvlan mode 'x' is not valid, 'l2' mode is the ipvlan driver default/,
    );
    await docker('network', 'create', '-d', 'macvlan', '-o', 'parent=eth0', 'lan');
    assert.match(
      await refused('macvlan', '-o', 'parent=eth0', '-o', 'macvlan_mode=passthru'),
      /cannot use mode passthru, macvlan network [0-9a-f]{12} is already using parent interface eth0/,
    );
    await docker('network', 'rm', 'lan');
  });
});
