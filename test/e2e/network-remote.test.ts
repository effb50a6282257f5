import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PluginProcess } from '../lab/plugin-process.ts';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const docker = (...args: readonly string[]): Promise<string> => bench.engine.ok(...args);
const field = (what: string, format: string): Promise<string> => docker('inspect', '--format', format, what);
const run = (name: string, ...args: readonly string[]): Promise<string> =>
  docker('run', '--detach', '--name', name, ...args, 'busybox', 'sleep', '600');

/** The plugin "plug", for networks and addresses: one for all tests. Hooks of a file do not wait for each other. */
let started: Promise<PluginProcess> | undefined;
const pluginOfFile = (): Promise<PluginProcess> => {
  started ??= startPlugin();
  return started;
};
after(async () => (await started)?.[Symbol.asyncDispose]());

async function startPlugin(): Promise<PluginProcess> {
  // Where br_netfilter is loaded, what crosses a bridge that is not ours counts as forwarded by a stranger.
  const off = 'for f in /proc/sys/net/bridge/bridge-nf-call-iptables; do [ ! -e $f ] || echo 0 >$f; done';
  await bench.host.must('sh', ['-c', off]);
  const socket = join(bench.engine.execRoot, 'plugins', 'plug.sock');
  return PluginProcess.start({ netnsPath: bench.host.netnsPath, socket });
}

test('docker network create -d PLUGIN: containers have each other, by address and name, and a way out', async () => {
  const { engine } = bench;
  const plugin = await pluginOfFile();
  await leavesNothing(engine, async () => {
    await docker('network', 'create', '-d', 'plug', '-o', 'prefix=net', '--subnet', '10.66.0.0/24', 'far');
    await run('one', '--network', 'far', '--ip', '10.66.0.9', '-p', '18095:80');
    await run('two', '--network', 'far', '--network-alias', 'second');
    assert.equal(
      await field('far', '{{.Driver}} {{.Scope}} {{.Options.prefix}} {{len .Containers}}'),
      'plug local net 2',
    );
    const settings = '{{.IPAddress}}/{{.IPPrefixLen}} {{.Gateway}} {{.MacAddress}}';
    const seen = await field('one', `{{with .NetworkSettings.Networks.far}}${settings}{{end}}`);
    assert.match(seen, /^10\.66\.0\.9\/24 10\.66\.0\.1 0a:77:/);
    await docker('exec', 'one', 'ping', '-c2', '-W2', 'second');
    await docker('exec', 'two', 'ping', '-c2', '-W2', 'one');
    assert.match(await docker('exec', 'two', 'ip', 'route', 'show', 'default'), /via 10.66.0.1 dev net0/);
    assert.equal(await docker('port', 'one'), '', 'the plugin was told; what it made of it, it does not say');
    const told = plugin.calls().find(({ method }) => method === 'NetworkDriver.ProgramExternalConnectivity')!.body;
    assert.match(JSON.stringify(told), /"Port":80,"HostIP":"","HostPort":18095/);
    assert.match(await docker('info', '--format', '{{.Plugins.Network}}'), /\bplug\b/);
    await docker('network', 'disconnect', 'far', 'two');
    await docker('rm', '--force', 'one', 'two');
    await docker('network', 'rm', 'far');
  });
  assert.deepEqual(plugin.state(), { networks: {}, endpoints: {}, pools: {}, forgets: false });
});

test('docker network create --ipam-driver PLUGIN: on a bridge of ours; none at all only for a plugin’s network', async () => {
  const { engine } = bench;
  const plugin = await pluginOfFile();
  await leavesNothing(engine, async () => {
    await docker('network', 'create', '--ipam-driver', 'plug', '--ipam-opt', 'colour=blue', 'given');
    assert.equal(
      await field(
        'given',
        '{{.IPAM.Driver}} {{.IPAM.Options.colour}} {{with index .IPAM.Config 0}}{{.Subnet}} {{.Gateway}}{{end}}',
      ),
      'plug blue 10.77.0.0/24 10.77.0.1',
    );
    await run('one', '--network', 'given');
    assert.equal(await field('one', '{{.NetworkSettings.Networks.given.IPAddress}}'), '10.77.0.2');
    await docker('exec', 'one', 'ping', '-c2', '-W2', bench.outside.ipv4);
    await docker('rm', '--force', 'one');
    await docker('network', 'rm', 'given');

    const { stderr } = await engine.docker('network', 'create', '--ipam-driver', 'null', 'bare');
    assert.match(stderr, /Error response from daemon: ipv4 pool is empty/);
    await docker('network', 'create', '-d', 'plug', '--ipam-driver', 'null', 'bare');
    assert.equal(await field('bare', '{{json .IPAM.Config}}'), '[{"Subnet":"0.0.0.0/0"}]');
    await run('one', '--network', 'bare');
    assert.equal(await field('one', '{{.NetworkSettings.Networks.bare.IPAddress}}'), '');
    await docker('rm', '--force', 'one');
    await docker('network', 'rm', 'bare');
  });
  assert.deepEqual(plugin.state().pools, {});
});

test('a driver that nobody brought is refused in Docker’s words', async () => {
  await pluginOfFile();
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await bench.engine.docker('network', 'create', ...args, 'bad');
    assert.equal(code, 1, stderr);
    return stderr;
  };
  assert.match(await refused('-d', 'absent'), /Error response from daemon: .*plugin "absent" not found/);
  assert.match(await refused('--ipam-driver', 'absent'), /Error response from daemon: plugin "absent" not found/);
  const fails = await refused('-d', 'plug', '-o', 'fail=CreateNetwork');
  assert.match(fails, /Error response from daemon: remote: CreateNetwork fails as asked/);
});

test('a plugin that is away: its containers end and its networks go; it is told later, as far as they are there', async () => {
  const { engine } = bench;
  const plugin = await pluginOfFile();
  await docker('network', 'create', '-d', 'plug', 'far');
  await run('one', '--network', 'far');
  await run('two', '--network', 'far');
  await plugin.kill();
  await engine.kill9();
  await engine.launch();
  await docker('exec', 'one', 'ping', '-c2', '-W2', 'two');
  await docker('rm', '--force', 'one', 'two');
  assert.equal(Object.keys(plugin.state().endpoints).length, 2);
  await plugin.launch();
  await engine.restart();
  const isTold = (): boolean => Object.keys(plugin.state().endpoints).length === 0;
  await until('the plugin to be told', isTold, { withinMs: 10_000, everyMs: 50 });
  await docker('network', 'rm', 'far');
  assert.deepEqual(plugin.state().networks, {});
});

test('killed while a plugin gave a pool: the engine gives it back when it starts', async () => {
  const { engine } = bench;
  const plugin = await pluginOfFile();
  await leavesNothing(engine, async () => {
    plugin.forgetCalls();
    const slow = ['--ipam-driver', 'plug', '--ipam-opt', 'slow=IpamDriver.RequestAddress'];
    const creating = engine.docker('network', 'create', ...slow, 'half');
    const asked = (): boolean => plugin.methods().includes('IpamDriver.RequestAddress');
    await until('a wish for a gateway', asked, { withinMs: 10_000, everyMs: 25 });
    await engine.kill9();
    await creating;
    assert.equal(Object.keys(plugin.state().pools).length, 1);
    await engine.launch();
    const isBack = (): boolean => Object.keys(plugin.state().pools).length === 0;
    await until('the pool to be given back', isBack, { withinMs: 10_000, everyMs: 50 });
    assert.doesNotMatch(await docker('network', 'ls'), /half/);
  });
});
