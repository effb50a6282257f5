import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lacks } from '../kernel/link-kinds.ts';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const docker = (...args: readonly string[]): Promise<string> => bench.engine.ok(...args);
const run = (name: string, ...args: readonly string[]): Promise<string> =>
  docker('run', '--detach', '--name', name, ...args, 'busybox', 'sleep', '600');
const field = (what: string, format: string): Promise<string> => docker('inspect', '--format', format, what);
const addressOf = (name: string, network: string): Promise<string> =>
  field(name, `{{.NetworkSettings.Networks.${network}.IPAddress}}`);
const pings = async (from: 'outside' | 'host', address: string): Promise<boolean> =>
  (await bench[from].exec('ping', ['-c3', '-i0.2', '-W2', address])).code === 0;
const containerPings = async (name: string, address: string): Promise<boolean> =>
  (await bench.engine.docker('exec', name, 'ping', '-c2', '-W2', address)).code === 0;
const ip = (from: 'outside' | 'host', words: string): Promise<string> => bench[from].must('ip', words.split(' '));
const links = async (): Promise<readonly string[]> =>
  (JSON.parse(await ip('host', '-j link show')) as { ifname: string }[]).map(({ ifname }) => ifname);

const vlan = lacks('vlan');
test('-o parent=eth0.10: a VLAN of the segment, made and taken away with the networks on it', {
  skip: vlan,
}, async () => {
  const { engine } = bench;
  await ip('outside', 'link add link eth0 name eth0.10 up type vlan id 10');
  await ip('outside', 'address add 198.51.100.1/24 dev eth0.10');
  await leavesNothing(engine, async () => {
    const pool = ['--subnet', '198.51.100.0/24', '--gateway', '198.51.100.1'];
    const on10 = ['-d', 'macvlan', '-o', 'parent=eth0.10'];
    await docker('network', 'create', ...on10, ...pool, '--ip-range', '198.51.100.128/26', 'ten');
    await docker('network', 'create', ...on10, ...pool, '--ip-range', '198.51.100.64/26', 'more');
    assert.ok((await links()).includes('eth0.10'));
    await run('one', '--network', 'ten');
    await run('two', '--network', 'more');
    assert.ok(await pings('outside', await addressOf('one', 'ten')));
    assert.ok(await containerPings('one', await addressOf('two', 'more')));
    await engine.kill9();
    await engine.launch();
    assert.ok(await pings('outside', await addressOf('one', 'ten')));
    await ip('host', 'link del eth0.10');
    const isBack = async (): Promise<boolean> => pings('outside', await addressOf('one', 'ten'));
    await until('the link that was deleted, and what stood on it', isBack, { withinMs: 20_000, everyMs: 200 });
    await docker('rm', '--force', 'one', 'two');
    await docker('network', 'rm', 'ten');
    assert.ok((await links()).includes('eth0.10'), 'the other network stands on it');
    await docker('network', 'rm', 'more');
    assert.ok(!(await links()).includes('eth0.10'));
  });
  await ip('outside', 'link del eth0.10');
});

const ipvlan = lacks('ipvlan');
test('-d ipvlan, l2: on the segment behind the parent’s hardware address, over restarts', {
  skip: ipvlan,
}, async () => {
  const { engine, outside } = bench;
  await leavesNothing(engine, async () => {
    const lan = ['--subnet', '192.0.2.0/24', '--ip-range', '192.0.2.192/27', '--gateway', outside.ipv4];
    await docker('network', 'create', '-d', 'ipvlan', ...lan, '-o', 'parent=eth0', 'lan');
    await run('one', '--network', 'lan', '--ip', '192.0.2.200');
    await run('two', '--network', 'lan');
    assert.ok(await pings('outside', '192.0.2.200'));
    assert.ok(await containerPings('two', 'one'));
    const [parent] = JSON.parse(await ip('host', '-j link show eth0')) as [{ address: string }];
    assert.match(await ip('outside', 'neigh show 192.0.2.200'), new RegExp(parent.address));
    assert.equal(await field('one', '{{.NetworkSettings.Networks.lan.MacAddress}}'), '');
    await docker('restart', '--time', '0', 'one');
    await engine.kill9();
    await engine.launch();
    assert.ok(await pings('outside', '192.0.2.200'));
    const { stderr } = await engine.docker('network', 'create', '-d', 'ipvlan', '-o', 'parent=eth0', 'again');
    assert.match(stderr, /Error response from daemon: network di-[0-9a-f]{12} is already using parent interface eth0/);
    await docker('rm', '--force', 'one', 'two');
    await docker('network', 'rm', 'lan');
  });
});

test('-d ipvlan, l3: subnets reach each other; the segment reaches them by the host', { skip: ipvlan }, async () => {
  const { engine, host } = bench;
  await leavesNothing(engine, async () => {
    const subnets = ['--subnet', '10.1.0.0/24', '--subnet', '10.2.0.0/24'];
    await docker('network', 'create', '-d', 'ipvlan', ...subnets, '-o', 'parent=eth0', '-o', 'ipvlan_mode=l3', 'far');
    await run('one', '--network', 'far', '--ip', '10.1.0.9');
    await run('two', '--network', 'far', '--ip', '10.2.0.9');
    assert.ok(await containerPings('one', '10.2.0.9'));
    await ip('outside', `route add 10.1.0.0/24 via ${host.ipv4}`);
    assert.ok(await pings('outside', '10.1.0.9'));
    assert.match(await docker('exec', 'one', 'ip', 'route', 'show', 'default'), /^default dev eth0/);
    await docker('rm', '--force', 'one', 'two');
    await docker('network', 'rm', 'far');
  });
});

const kinds = { ipvlan, vlan } as const;
const wishes = { ipvlan: ['-d', 'ipvlan', '-o', 'parent=eth0'], vlan: ['-d', 'macvlan', '-o', 'parent=eth0.10'] };
for (const kind of ['ipvlan', 'vlan'] as const) {
  const skip = kinds[kind] === false ? 'this kernel has such links' : false;
  test(`a kernel without links of kind ${kind}: network create says so, and leaves nothing`, { skip }, async () => {
    const { engine } = bench;
    await leavesNothing(engine, async () => {
      const { code, stderr } = await engine.docker('network', 'create', ...wishes[kind], 'lan');
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`this kernel has no links of kind ${kind}; its module is .* \\(modprobe .*\\)`));
    });
  });
}
