import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

const idle = ['busybox', 'sleep', '1000'] as const;
const hostsOf = (container: string): Promise<string> => bench.engine.ok('exec', container, 'cat', '/etc/hosts');

test('--link on the default network is a line in the hosts file, which follows the other container', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const id = (await engine.ok('run', '-d', '--name', 'db', ...idle)).slice(0, 12);
    await engine.ok('run', '-d', '--name', 'app', '--link', 'db:store', ...idle);
    assert.match(await hostsOf('app'), new RegExp(`172\\.17\\.0\\.2\\tstore ${id} db$`, 'm'));
    assert.equal(await engine.ok('inspect', '-f', '{{.HostConfig.Links}}', 'app'), '[/db:/app/store]');

    await engine.ok('stop', '-t', '0', 'db');
    assert.doesNotMatch(await hostsOf('app'), /store/);
    await engine.ok('run', '-d', '--name', 'other', ...idle);
    await engine.ok('start', 'db');
    assert.match(await hostsOf('app'), /172\.17\.0\.2\tstore /, 'its address was kept for it');
    await engine.ok('rename', 'db', 'archive');
    assert.match(await hostsOf('app'), new RegExp(`172\\.17\\.0\\.2\tstore ${id} archive$`, 'm'));
    await engine.ok('rm', '-f', 'app', 'archive', 'other');
  });
});

test('--link refuses what cannot be linked, as Docker does', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', 'elsewhere');
    await engine.ok('run', '-d', '--name', 'far', '--network', 'elsewhere', ...idle);
    await engine.ok('create', '--name', 'stopped', ...idle);
    const refusal = async (target: string): Promise<string> => {
      const { code, stderr } = await engine.docker('run', '--rm', '--name', 'app', '--link', target, 'busybox', 'true');
      assert.equal(code, 125);
      return stderr;
    };
    assert.match(await refusal('nosuch'), /could not get container for nosuch: No such container: nosuch/);
    assert.match(await refusal('stopped:s'), /Cannot link to a non running container: \/stopped AS \/app\/s/);
    assert.match(await refusal('far'), /Cannot link to \/far, as it does not belong to the default network/);
    await engine.ok('rm', '-f', 'far', 'stopped');
    await engine.ok('network', 'rm', 'elsewhere');
  });
});

test('--link on a user-defined network is a name that only this container resolves', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', 'own');
    await engine.ok('run', '-d', '--name', 'db', '--network', 'own', ...idle);
    await engine.ok('run', '-d', '--name', 'app', '--network', 'own', '--link', 'db:Store', ...idle);
    const finds = async (from: string): Promise<boolean> =>
      (await engine.docker('exec', from, 'ping', '-c1', '-W1', 'store')).code === 0;
    assert.equal(await finds('app'), true);
    assert.equal(await finds('db'), false);
    await engine.ok('rm', '-f', 'app', 'db');
    await engine.ok('network', 'rm', 'own');
  });
});

test('host and domain name stand in the hosts file, the name files and the kernel', async () => {
  const { engine } = bench;
  const shown = [
    'hostname; cat /proc/sys/kernel/domainname /etc/hostname',
    "own=$(ip -4 -o addr show eth0 | awk '{ print $4 }' | cut -d/ -f1); tail -n1 /etc/hosts | sed s/^$own/OWN/",
  ].join('; ');
  const run = (...flags: string[]): Promise<string> => engine.ok('run', '--rm', ...flags, 'busybox', 'sh', '-c', shown);
  assert.equal(
    await run('--hostname', 'web', '--domainname', 'example.org'),
    'web\nexample.org\nweb\nOWN\tweb.example.org web',
  );
  assert.equal(
    await run('--hostname', 'web.example.org'),
    'web.example.org\n(none)\nweb.example.org\nOWN\tweb.example.org web',
  );
});

test('an unknown network or container is refused without looking for an image', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    for (const [mode, text] of [
      ['nosuch', 'network nosuch not found'],
      ['container:nosuch', 'No such container: nosuch'],
    ] as const) {
      const { code, stderr } = await engine.docker('run', '--rm', '--network', mode, 'busybox', 'true');
      assert.equal(code, 125);
      assert.match(stderr, new RegExp(`^docker: Error response from daemon: ${text}\n`));
    }
  });
});

test('ports in the host’s network are said to be discarded', async () => {
  const { stderr } = await bench.engine.docker('run', '--rm', '--network', 'host', '-p', '80:80', 'busybox', 'true');
  assert.match(stderr, /Published ports are discarded when using host network mode/);
});
