import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const sleep = ['busybox', 'sleep', '1000'] as const;

const inspect = async (format: string, ...refs: string[]): Promise<unknown> =>
  JSON.parse(await bench.engine.ok('inspect', '-f', `{{json ${format}}}`, ...refs));
type Member = { Name: string; EndpointID: string; MacAddress: string; IPv4Address: string; IPv6Address: string };
const members = async (network: string): Promise<Record<string, Member>> =>
  JSON.parse(await bench.engine.ok('network', 'inspect', '-f', '{{json .Containers}}', network)) as Record<
    string,
    Member
  >;

test('network inspect shows all members, those that are stopped without addresses; a network of only such goes', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', '--subnet', '10.50.0.0/24', 'shop');
    const runs = await engine.ok('run', '-d', '--name', 'runs', '--network', 'shop', ...sleep);
    const made = await engine.ok('create', '--name', 'made', '--network', 'shop', ...sleep);
    const shown = await members('shop');
    assert.deepEqual(Object.keys(shown).sort(), [runs, made].sort());
    assert.equal(shown[runs]?.IPv4Address, '10.50.0.2/24');
    assert.match(shown[runs]?.MacAddress ?? '', /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    const { EndpointID, ...rest } = shown[made]!;
    assert.match(EndpointID, /^[0-9a-f]{64}$/);
    assert.deepEqual(rest, { Name: 'made', MacAddress: '', IPv4Address: '', IPv6Address: '' });

    await engine.ok('stop', '-t', '0', 'runs');
    assert.equal((await members('shop'))[runs]?.IPv4Address, '');
    assert.equal(await engine.ok('network', 'ls', '-q', '--filter', 'dangling=true'), '', 'a stopped member counts');
    await engine.ok('network', 'rm', 'shop');
    const lost = await engine.docker('start', 'made');
    assert.match(lost.stderr, /network [0-9a-f]{64} not found/);
    await engine.ok('rm', 'runs', 'made');
  });
});

test('none and host: what inspect shows, and what the container sees', async () => {
  const { engine, host } = bench;
  await leavesNothing(engine, async () => {
    const warned = await engine.docker('run', '-d', '--name', 'hosted', '--network', 'host', '-p', '80:80', ...sleep);
    assert.match(warned.stderr, /Published ports are discarded when using host network mode/);
    await engine.ok('run', '-d', '--name', 'lonely', '--network', 'none', ...sleep);
    for (const [name, network] of [
      ['hosted', 'host'],
      ['lonely', 'none'],
    ] as const) {
      const settings = (await inspect('.NetworkSettings', name)) as {
        IPAddress: string;
        Ports: object;
        Networks: Record<string, { EndpointID: string; IPAddress: string; Gateway: string; MacAddress: string }>;
      };
      assert.deepEqual(Object.keys(settings.Networks), [network]);
      const { EndpointID, IPAddress, Gateway, MacAddress } = settings.Networks[network]!;
      assert.match(EndpointID, /^[0-9a-f]{64}$/);
      assert.deepEqual([IPAddress, Gateway, MacAddress, settings.IPAddress], ['', '', '', '']);
      assert.deepEqual(settings.Ports, {});
      assert.equal(await inspect('.IPAM.Config', network), null);
      assert.deepEqual(
        Object.values(await members(network)).map(({ Name }) => Name),
        [name],
      );
    }
    assert.equal(await engine.ok('exec', 'lonely', 'ls', '/sys/class/net'), 'lo');
    await engine.ok('exec', 'lonely', 'ping', '-c', '1', '127.0.0.1');
    assert.match(await engine.ok('exec', 'hosted', 'ip', 'address'), new RegExp(`${host.ipv4}/`));
    assert.equal(await engine.ok('exec', 'hosted', 'hostname'), (await host.must('hostname', [])).trim());
    const sandbox = await inspect('.NetworkSettings.SandboxID', 'hosted');
    assert.equal(sandbox, '');
    await engine.ok('network', 'disconnect', 'none', 'lonely');
    await engine.ok('network', 'connect', 'bridge', 'lonely');
    assert.equal(await engine.ok('exec', 'lonely', 'ls', '/sys/class/net'), 'eth0\nlo');
    await engine.ok('rm', '-f', 'hosted', 'lonely');
  });
});

test('several networks at create: interfaces in the order named, the default route by priority', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    for (const [i, name] of ['zeta', 'alpha', 'mid'].entries())
      await engine.ok('network', 'create', '--subnet', `10.5${i}.0.0/24`, name);
    const networks = ['--network', 'zeta', '--network', 'name=alpha,gw-priority=5', '--network', 'mid'];
    await engine.ok('run', '-d', '--name', 'many', ...networks, ...sleep);
    const addresses = await engine.ok('exec', 'many', 'ip', '-o', '-4', 'address');
    const [first] = /10\.5\d/.exec(/eth0.*/.exec(addresses)?.[0] ?? '') ?? [];
    assert.equal(first, '10.50', 'the network that was named first is eth0');
    assert.match(await engine.ok('exec', 'many', 'ip', 'route'), /default via 10\.51\.0\.1/);
    const order = '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}';
    assert.equal(await engine.ok('inspect', '-f', order, 'many'), 'alpha mid zeta');
    const before = await engine.ok('exec', 'many', 'ip', '-o', '-4', 'address');
    await engine.ok('restart', '-t', '0', 'many');
    assert.equal(await engine.ok('exec', 'many', 'ip', '-o', '-4', 'address'), before);
    await engine.ok('rm', '-f', 'many');
    await engine.ok('network', 'rm', 'zeta', 'alpha', 'mid');
  });
});

test('network rm goes on past what it cannot remove; prune takes what nobody is on, one at a time', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    for (const name of ['used', 'free', 'free2', 'kept']) await engine.ok('network', 'create', name);
    await engine.ok('network', 'create', '--label', 'keep', 'labelled');
    await engine.ok('run', '-d', '--name', 'user', '--network', 'used', ...sleep);
    await engine.ok('create', '--name', 'idle', '--network', 'kept', ...sleep);
    const result = await engine.docker('network', 'rm', 'used', 'nosuch', 'free');
    assert.equal(result.code, 1);
    assert.equal(result.stdout.trim(), 'free');
    assert.match(result.stderr, /used has active endpoints \(name:"user" id:"[0-9a-f]{12}"\)/);
    assert.match(result.stderr, /network nosuch not found/);
    assert.equal((await engine.docker('network', 'rm', '-f', 'nosuch')).code, 0);
    const pruned = await engine.ok('network', 'prune', '-f', '--filter', 'label!=keep');
    assert.equal(pruned, 'Deleted Networks:\nfree2');
    const twice = await Promise.all([1, 2, 3].map(() => engine.docker('network', 'prune', '-f')));
    for (const { code, stderr } of twice) if (code !== 0) assert.match(stderr, /a prune operation is already running/);
    assert.equal(twice.filter(({ stdout }) => stdout.includes('labelled')).length, 1);
    await engine.ok('rm', '-f', 'user', 'idle');
    await engine.ok('network', 'rm', 'used', 'kept');
  });
});

test('published ports in ps, port and inspect: both families, ranges, host addresses', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const ports = ['-p', '8100-8102:8100-8102', '-p', '127.0.0.1:9000:90/udp', '--expose', '99'];
    await engine.ok('run', '-d', '--name', 'web', ...ports, ...sleep);
    assert.equal(
      await engine.ok('ps', '--format', '{{.Ports}}', '--filter', 'name=web'),
      '99/tcp, 0.0.0.0:8100-8102->8100-8102/tcp, [::]:8100-8102->8100-8102/tcp, 127.0.0.1:9000->90/udp',
    );
    assert.equal(await engine.ok('port', 'web', '8101'), '0.0.0.0:8101\n[::]:8101');
    assert.equal(await engine.ok('port', 'web', '90/udp'), '127.0.0.1:9000');
    assert.match((await engine.docker('port', 'web', '99')).stderr, /No public port '99' published for web/);
    const shown = (await inspect('.NetworkSettings.Ports', 'web')) as Record<string, unknown>;
    assert.equal(shown['99/tcp'], null);
    assert.deepEqual(shown['90/udp'], [{ HostIp: '127.0.0.1', HostPort: '9000' }]);
    await engine.ok('stop', '-t', '0', 'web');
    assert.equal(await engine.ok('port', 'web'), '');
    assert.deepEqual(await inspect('.NetworkSettings.Ports', 'web'), {});
    await engine.ok('rm', 'web');
  });
});

type Shown = {
  readonly NetworkSettings?: { readonly Networks: Readonly<Record<string, { readonly Aliases: unknown }>> };
  readonly FirewallBackend?: { readonly Driver: string };
};

test('network inspect counts the addresses that are given out and left, to the last digit', async () => {
  const { engine } = bench;
  const subnets = ['--subnet', '10.59.0.0/29', '--ipv6', '--subnet', 'fd00:59::/64'];
  await engine.ok('network', 'create', ...subnets, 'counted');
  const look = async (): Promise<string> => {
    const [ours, theirs] = await Promise.all([
      engine.portolan('network', 'inspect', 'counted'),
      engine.docker('network', 'inspect', 'counted'),
    ]);
    assert.equal(ours.stdout, theirs.stdout);
    return ours.stdout;
  };
  const inUse = (text: string): number => Number(/"IPsInUse": (\d+)/.exec(text)?.[1]);
  const before = await look();
  assert.match(before, /"DynamicIPsAvailable": 18446744073709551\d{3}/);
  await engine.ok('run', '-d', '--name', 'one', '--network', 'counted', ...sleep);
  assert.equal(inUse(await look()), inUse(before) + 1);
  await engine.ok('rm', '-f', 'one');
  await engine.ok('network', 'rm', 'counted');
});

test('older clients: names are aliases before 1.45, info has no firewall before 1.49', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', 'aged');
    const id = await engine.ok(
      'run',
      '-d',
      '--name',
      'old',
      '-h',
      'h',
      '--network',
      'aged',
      '--network-alias',
      'a',
      ...sleep,
    );
    const at = async (version: string, path: string): Promise<Shown> => {
      const url = `http://localhost/v${version}${path}`;
      const { stdout } = await bench.host.exec('curl', ['-s', '--unix-socket', engine.socket, url]);
      return JSON.parse(stdout) as Shown;
    };
    const aliases = async (version: string): Promise<unknown> =>
      (await at(version, '/containers/old/json')).NetworkSettings?.Networks['aged']?.Aliases;
    assert.deepEqual(await aliases('1.44'), ['a', id.slice(0, 12), 'h']);
    assert.deepEqual(await aliases('1.45'), ['a']);
    assert.equal((await at('1.48', '/info')).FirewallBackend, undefined);
    assert.equal((await at('1.49', '/info')).FirewallBackend?.Driver, 'nftables');
    const lists = async (version: string): Promise<number> => {
      const networks = (await at(version, '/networks')) as unknown as { Name: string; Containers: object }[];
      return Object.keys(networks.find(({ Name }) => Name === 'aged')?.Containers ?? {}).length;
    };
    assert.deepEqual([await lists('1.27'), await lists('1.28')], [1, 0]);
    await engine.ok('rm', '-f', 'old');
    await engine.ok('network', 'rm', 'aged');
  });
});
