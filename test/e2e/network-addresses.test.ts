import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

const run = (name: string, ...flags: readonly string[]): Promise<string> =>
  bench.engine.ok('run', '-d', '--name', name, ...flags, 'busybox', 'sleep', '1000');
const shown = (name: string, network: string): Promise<string> =>
  bench.engine.ok(
    'inspect',
    '-f',
    `{{with index .NetworkSettings.Networks "${network}"}}{{.IPAddress}} {{.MacAddress}}{{end}}`,
    name,
  );

test('addresses stay: over restarts of the container and the engine, a kill of it, and under the same name', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', '--subnet', '10.61.0.0/29', 'small');
    for (const name of ['one', 'two']) await run(name, '--network', 'small');
    const before = await shown('one', 'small');
    assert.match(before, /^10\.61\.0\.2 /);
    await engine.ok('stop', '-t', '0', 'one');
    await run('three', '--network', 'small');
    assert.match(
      await shown('three', 'small'),
      /^10\.61\.0\.4 /,
      'nobody gets what a stopped one had, while there is else',
    );
    await engine.ok('start', 'one');
    assert.equal(await shown('one', 'small'), before);
    await engine.kill9();
    await engine.launch();
    assert.equal(await shown('one', 'small'), before);
    await engine.ok('rm', '-f', 'one');
    await engine.restart();
    await run('one', '--network', 'small');
    assert.equal(await shown('one', 'small'), before, 'made anew under its name');
    await engine.ok('rm', '-f', 'one', 'two', 'three');
    await engine.ok('network', 'rm', 'small');
  });
});

test('--ip is kept for a container that is down, and refused with who has it while it is up', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', '--subnet', '10.62.0.0/29', 'fixed');
    await engine.ok('create', '--name', 'kept', '--network', 'fixed', '--ip', '10.62.0.2', 'busybox', 'sleep', '1000');
    await run('other', '--network', 'fixed');
    assert.match(await shown('other', 'fixed'), /^10\.62\.0\.3 /);
    await engine.ok('start', 'kept');
    assert.match(await shown('kept', 'fixed'), /^10\.62\.0\.2 /);
    const late = await engine.docker('run', '--name', 'late', '--network', 'fixed', '--ip', '10.62.0.2', 'busybox');
    assert.match(late.stderr, /Address already in use: 10\.62\.0\.2 is container kept's/);
    await engine.ok('rm', '-f', 'kept', 'other', 'late');
    await engine.ok('network', 'rm', 'fixed');
  });
});

test('a /31 is shared by two containers, a /32 is one’s, where the network has no gateway', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const bare = ['-d', 'macvlan', '-o', 'parent=eth0'];
    await engine.ok('network', 'create', ...bare, '--subnet', '10.63.0.0/31', 'pair');
    for (const name of ['one', 'two']) await run(name, '--network', 'pair');
    assert.match(await shown('one', 'pair'), /^10\.63\.0\.0 /);
    assert.match(await shown('two', 'pair'), /^10\.63\.0\.1 /);
    await engine.ok('exec', 'one', 'ping', '-c', '1', '-W', '2', '10.63.0.1');
    const third = await engine.docker('run', '--rm', '--network', 'pair', 'busybox', 'true');
    assert.match(third.stderr, /no available IPv4 addresses on this network's address pools: pair \(/);
    await engine.ok('network', 'create', ...bare, '--subnet', '10.63.1.7/32', 'single');
    await run('three', '--network', 'single');
    assert.match(await shown('three', 'single'), /^10\.63\.1\.7 /);
    assert.notEqual((await engine.docker('run', '--rm', '--network', 'single', 'busybox', 'true')).code, 0);
    await engine.ok('rm', '-f', 'one', 'two', 'three');
    await engine.ok('network', 'rm', 'pair', 'single');
  });
});

test('a bridge without an address of its own leaves a /31 to two containers, and a /127', async () => {
  const { engine } = bench;
  // The first network of IPv6 turns forwarding on for good.
  await engine.ok('network', 'create', '--ipv6', 'first');
  await engine.ok('network', 'rm', 'first');
  await leavesNothing(engine, async () => {
    const inhibit = ['--internal', '-o', 'com.docker.network.bridge.inhibit_ipv4=true'];
    const isolate = ['-o', 'com.docker.network.bridge.gateway_mode_ipv6=isolated'];
    const subnets = ['--subnet', '10.63.2.0/31', '--ipv6', '--subnet', 'fd00:63::2/127'];
    await engine.ok('network', 'create', ...inhibit, ...isolate, ...subnets, 'wire');
    for (const name of ['one', 'two']) await run(name, '--network', 'wire');
    const addresses = '{{with .NetworkSettings.Networks.wire}}{{.IPAddress}} {{.GlobalIPv6Address}}{{.Gateway}}{{end}}';
    assert.equal(await engine.ok('inspect', '-f', addresses, 'one'), '10.63.2.0 fd00:63::2');
    assert.equal(await engine.ok('inspect', '-f', addresses, 'two'), '10.63.2.1 fd00:63::3');
    for (const other of ['10.63.2.1', 'fd00:63::3', 'two'])
      await engine.ok('exec', 'one', 'ping', '-c', '1', '-W', '2', other);
    const full = await engine.docker('run', '--rm', '--network', 'wire', 'busybox', 'true');
    assert.match(full.stderr, /no available IPv4 addresses on this network's address pools: wire \(/);
    const usual = await engine.docker('network', 'create', '--subnet', '10.63.3.0/31', 'usual');
    assert.equal(usual.code, 0);
    await run('lone', '--network', 'usual');
    assert.match(await shown('lone', 'usual'), /^10\.63\.3\.1 /, 'the other address is the bridge’s');
    await engine.ok('rm', '-f', 'one', 'two', 'lone');
    await engine.ok('network', 'rm', 'wire', 'usual');
  });
});

test('hardware addresses: what is none is refused, what two have is honoured, as in Docker', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const refused = await engine.docker('run', '--mac-address', '02:42:zz:00:00:01', 'busybox', 'true');
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, /02:42:zz:00:00:01 is not a valid mac address/);
    await engine.ok('network', 'create', 'left');
    await engine.ok('network', 'create', 'right');
    const mac = '02:42:0a:00:00:09';
    await run('one', '--network', 'left', '--mac-address', mac);
    await run('two', '--network', 'right', '--mac-address', mac);
    for (const name of ['one', 'two']) {
      assert.equal(await engine.ok('exec', name, 'cat', '/sys/class/net/eth0/address'), mac);
    }
    await engine.ok('rm', '-f', 'one', 'two');
    await engine.ok('network', 'rm', 'left', 'right');
  });
});

test('a container whose network was made anew is refused by name, and starts once it is connected', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', 'front');
    await run('web', '--network', 'front');
    await engine.ok('stop', '-t', '0', 'web');
    await engine.ok('network', 'rm', 'front');
    await engine.ok('network', 'create', 'front');
    const refused = await engine.docker('start', 'web');
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /failed to set up container networking: network [0-9a-f]{64} not found: it was front, /,
    );
    await engine.ok('network', 'connect', 'front', 'web');
    await engine.ok('start', 'web');
    assert.match(await shown('web', 'front'), /^172\./);
    await engine.ok('rm', '-f', 'web');
    await engine.ok('network', 'rm', 'front');
  });
});
