import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { must } from '../lab/command.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

const idle = ['busybox', 'sleep', '1000'] as const;
const hostsOf = (container: string): Promise<string> => bench.engine.ok('exec', container, 'cat', '/etc/hosts');

test('--link on the default network is a line in the hosts file, which follows the other container', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const id = (await engine.ok('run', '-d', '--name', 'db', ...idle)).slice(0, 12);
    await engine.ok('run', '-d', '--name', 'app', '--link', 'db:store', ...idle);
    // Programs of before networks had names look for these.
    const variables = await engine.ok('exec', 'app', 'sh', '-c', 'env | grep ^STORE_ | sort');
    assert.match(variables, /^STORE_NAME=\/app\/store$/m);
    assert.equal(await engine.ok('ps', '--no-trunc', '--filter', 'name=db', '--format', '{{.Names}}'), 'db,app/store');
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

test('a container goes by the names that links give it, until rm --link takes one away, live', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'db', ...idle);
    await engine.ok('run', '-d', '--name', 'app', '--link', 'db:store', '--link', 'db:other', ...idle);
    assert.equal(await engine.ok('inspect', '-f', '{{.Name}}', 'app/store'), '/db');
    assert.equal(await engine.ok('exec', 'app/other', 'hostname'), await engine.ok('exec', 'db', 'hostname'));
    const refusal = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await engine.docker('rm', ...args);
      assert.equal(code, 1);
      return stderr;
    };
    assert.match(await refusal('--link', 'app/none'), /No such container: app\/none/);
    assert.match(await refusal('--link', 'none/store'), /No such container: none\/store/);
    assert.match(await refusal('--link', 'app'), /cannot remove the default link name/);
    assert.equal(await engine.ok('rm', '--link', '/app/store'), '/app/store');
    assert.equal(await engine.ok('inspect', '-f', '{{json .HostConfig.Links}}', 'app'), '["/db:/app/other"]');
    assert.equal((await engine.docker('exec', 'app', 'ping', '-c1', '-W1', 'store')).code, 1);
    await engine.ok('exec', 'app', 'ping', '-c1', '-W1', 'other');
    await engine.ok('restart', '-t', '0', 'app');
    assert.equal((await engine.docker('exec', 'app', 'grep', 'store', '/etc/hosts')).code, 1);
    assert.match(await refusal('--link', 'app/store'), /No such container: app\/store/);
    await engine.ok('rm', '-f', 'app', 'db');
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
      ['container:nosuch', 'joining network namespace of container: No such container: nosuch'],
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

const node = resolve(import.meta.dirname, '../../bin/node24');
const nameServer = resolve(import.meta.dirname, '../kernel/dns/name-server.ts');
const askSource = resolve(import.meta.dirname, '../lab/ask.c');

const compile = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'ptl-ask-'));
  await must('gcc', ['-O1', '-o', join(folder, 'glibc'), askSource]);
  await must('musl-gcc', ['-O1', '-static', '-o', join(folder, 'musl'), askSource]);
  return folder;
};

test('the resolvers of glibc and musl find what there is, and tell no address from no name', async (t) => {
  const { engine, host } = bench;
  const folder = await compile();
  t.after(() => rm(folder, { recursive: true }));
  const server = host.spawn(node, [nameServer, 'answer', host.ipv4], { stdio: ['ignore', 'pipe', 'inherit'] });
  const heard: string[] = [];
  createInterface({ input: server.stdout! }).on('line', (line) => heard.push(line));
  const both = ['--ipv6', '--subnet', '10.66.0.0/24', '--subnet', 'fd00:66::/64'];
  await engine.ok('network', 'create', ...both, 'names');
  await engine.ok('network', 'create', '--subnet', '10.67.0.0/24', 'plain');
  await engine.ok('run', '-d', '--name', 'db', '--network', 'names', '--network-alias', 'www', ...idle);
  await engine.ok('run', '-d', '--name', 'app', '--network', 'names', '--network-alias', 'www', ...idle);
  await engine.ok('run', '-d', '--name', 'four', '--network', 'plain', ...idle);
  const library = ['-v', `${folder}:/ask:ro`, '-v', '/usr/lib:/lib:ro', '-v', '/usr/lib64:/lib64:ro'];
  const naming = ['--dns', host.ipv4, '--dns-search', 'corp.example'];
  const networks = ['--network', 'names', '--network', 'plain'];
  await engine.ok('run', '-d', '--name', 'asker', ...networks, ...naming, ...library, ...idle);
  await engine.ok(
    'run',
    '-d',
    '--name',
    'dotty',
    ...networks,
    ...naming,
    '--dns-option',
    'ndots:2',
    ...library,
    ...idle,
  );
  const wanted = {
    db: '10.66.0.2 fd00:66::2',
    'db/4': '10.66.0.2',
    'DB.Names/6': 'fd00:66::2',
    www: '10.66.0.2 10.66.0.3 fd00:66::2 fd00:66::3',
    'four.plain': '10.67.0.2',
    'nosuch.example': 'error -2', // EAI_NONAME
    nosuch: 'error -2',
    'other.example': '10.66.0.4',
    printer: '10.66.0.4',
    '10.66.0.2': 'db.names',
    'fd00:66::3': 'app.names',
  };
  for (const library of ['glibc', 'musl']) {
    const found = await engine.ok('exec', 'asker', `/ask/${library}`, ...Object.keys(wanted));
    const lines = Object.entries(wanted).map(([name, answer]) => `${name}: ${answer}`);
    assert.deepEqual(found.split('\n'), lines, library);
    // EAI_NODATA, which musl has since 1.2.4.
    assert.match(
      await engine.ok('exec', 'asker', `/ask/${library}`, 'four/6'),
      library === 'glibc' ? /error -5$/ : /error -[25]$/,
    );
    heard.length = 0;
    assert.match(await engine.ok('exec', 'dotty', `/ask/${library}`, 'a.b'), /^a\.b: 10\.66\.0\.5$/);
    assert.deepEqual([...new Set(heard)], ['udp a.b.corp.example'], 'ndots:2 searches first');
  }
  heard.length = 0;
  const big = await engine.ok('exec', 'asker', '/ask/glibc', 'big.example/4');
  assert.equal(big, `big.example/4:${' 10.66.0.4'.repeat(100)}`);
  // Twice, where its buffer was too small for the answer.
  assert.deepEqual([...new Set(heard)], ['udp big.example', 'tcp big.example']);
  await engine.ok('rm', '-f', 'db', 'app', 'four', 'asker', 'dotty');
  await engine.ok('network', 'rm', 'names', 'plain');
});
