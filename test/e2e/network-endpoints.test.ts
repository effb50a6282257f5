import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing, listens } from './engine.ts';

const bench = engineForFile({ flags: ['--icc=false'] });

const idle = ['busybox', 'sleep', '1000'] as const;
const serve = ['busybox', 'sh', '-c', 'echo hi > /hi; httpd -h / -p 80; exec httpd -f -h / -p 81'] as const;
/** By nc: the wget of a static busybox crashes where it has to look up a name. */
const get = async (from: string, address: string, port: number): Promise<string> => {
  const ask = `printf 'GET /hi HTTP/1.0\\r\\n\\r\\n' | nc -w 2 ${address} ${port} | tail -n 1`;
  return (await bench.engine.docker('exec', from, 'sh', '-c', ask)).stdout.trim();
};
const addressOf = (container: string, network: string): Promise<string> =>
  bench.engine.ok('inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, container);

test('--icc=false: only who links reaches, and only what the other exposes, over restarts of both', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'web', '--expose', '80', ...serve);
    await listens(engine, 'web', 80, 81);
    await engine.ok('run', '-d', '--name', 'linked', '--link', 'web:shop', ...idle);
    await engine.ok('run', '-d', '--name', 'stranger', ...idle);
    const web = await addressOf('web', 'bridge');
    assert.equal(await get('linked', 'shop', 80), 'hi');
    assert.equal(await get('linked', 'shop', 81), '', 'what is not exposed stays shut');
    assert.equal(await get('stranger', web, 80), '');
    await engine.ok('rename', 'web', 'store');
    await engine.ok('restart', '-t', '0', 'store', 'linked');
    await listens(engine, 'store', 80, 81);
    assert.equal(await get('linked', 'shop', 80), 'hi');
    assert.equal(await get('linked', 'shop', 81), '');
    await engine.ok('rm', '-f', 'store', 'linked', 'stranger');
  });
});

test('a link on a network of one’s own follows a rename, and what leads there does', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', '-o', 'com.docker.network.bridge.enable_icc=false', 'own');
    await engine.ok('run', '-d', '--name', 'web', '--network', 'own', '--expose', '80', ...serve);
    await listens(engine, 'web', 80, 81);
    await engine.ok('run', '-d', '--name', 'linked', '--network', 'own', '--link', 'web:shop', ...idle);
    assert.equal(await get('linked', 'shop', 80), 'hi');
    await engine.ok('rename', 'web', 'store');
    assert.equal(await get('linked', 'shop', 80), 'hi');
    await engine.restart();
    assert.equal(await get('linked', 'shop', 80), 'hi');
    await engine.ok('rm', '-f', 'store', 'linked');
    await engine.ok('network', 'rm', 'own');
  });
});

test('gw-priority decides the way out and where published ports lead, also of a running container', async () => {
  const { engine, host, outside } = bench;
  await leavesNothing(engine, async () => {
    for (const name of ['alpha', 'beta']) await engine.ok('network', 'create', name);
    const networks = ['--network', 'name=alpha', '--network', 'name=beta,gw-priority=10'];
    await engine.ok('run', '-d', '--name', 'web', ...networks, '-p', '8080:80', ...serve);
    await listens(engine, 'web', 80);
    const way = async (): Promise<string> =>
      / dev (\S+)/.exec(await engine.ok('exec', 'web', 'sh', '-c', 'ip route | grep ^default'))?.[1] ?? '';
    const published = async (): Promise<string> =>
      (await outside.exec('curl', ['-s', '-m', '2', `http://${host.ipv4}:8080/hi`])).stdout.trim();
    assert.deepEqual([await way(), await published()], ['eth1', 'hi']);
    await engine.ok('network', 'disconnect', 'beta', 'web');
    assert.deepEqual([await way(), await published()], ['eth0', 'hi']);
    await engine.ok('network', 'connect', '--gw-priority', '5', 'beta', 'web');
    assert.deepEqual([await way(), await published()], ['eth1', 'hi']);
    const shown = await engine.ok('inspect', '-f', '{{.NetworkSettings.Networks.beta.GwPriority}}', 'web');
    assert.equal(shown, '5');
    await engine.ok('rm', '-f', 'web');
    await engine.ok('network', 'rm', 'alpha', 'beta');
  });
});

test('sysctls of one endpoint, at run and at connect; a nonsensical one is refused and leaves nothing', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', 'tuned');
    const label = 'com.docker.network.endpoint.sysctls';
    const set = (value: string): string => `${label}=net.ipv4.conf.IFNAME.log_martians=${value}`;
    await engine.ok('run', '-d', '--name', 'one', '--network', `name=tuned,"driver-opt=${set('1')}"`, ...idle);
    const read = (name: string, link: string): Promise<string> =>
      engine.ok('exec', name, 'cat', `/proc/sys/net/ipv4/conf/${link}/log_martians`);
    assert.equal(await read('one', 'eth0'), '1');
    await engine.ok('restart', '-t', '0', 'one');
    assert.equal(await read('one', 'eth0'), '1');
    await engine.ok('run', '-d', '--name', 'two', ...idle);
    const connect = (option: string) => engine.docker('network', 'connect', '--driver-opt', option, 'tuned', 'two');
    assert.match((await connect(`${label}=net.ipv4.conf.IFNAME.nonsense=1`)).stderr, /nonsense/);
    assert.equal((await connect(set('1'))).code, 0);
    assert.deepEqual([await read('two', 'eth0'), await read('two', 'eth1')], ['0', '1']);
    await engine.ok('rm', '-f', 'one', 'two');
    await engine.ok('network', 'rm', 'tuned');
  });
});
