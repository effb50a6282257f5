import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxRequest } from '../../src/network/index.ts';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const [a, b, c] = ['a', 'b', 'c'].map(containerId) as [string, string, string];

const file = (lab: NetworkLab, id: string, name: string): string =>
  readFileSync(`${lab.sandbox(id).filesDir}/${name}`, 'utf8');
const servers = (text: string): string[] => Array.from(text.matchAll(/^nameserver (.*)$/gm), ([, server]) => server!);

/** An engine whose host has the given resolv.conf. */
async function labWith(t: TestContext, text: string): Promise<NetworkLab & { readonly resolvConf: string }> {
  const lab = await NetworkLab.open(t);
  mkdirSync(lab.runDir, { recursive: true });
  lab.resolvConf = `${lab.runDir}/../resolv.conf`;
  writeFileSync(lab.resolvConf, text);
  await lab.restart();
  return lab as NetworkLab & { readonly resolvConf: string };
}

/** Waits, 3 s at most, until `look` answers what is wanted; the last answer. */
async function later<T>(look: () => T, wanted: (now: T) => boolean): Promise<T> {
  for (let i = 0; i < 60 && !wanted(look()); i++) await sleep(50);
  return look();
}

test('running containers follow the host’s resolv.conf, however it is changed, unless theirs was edited', async (t) => {
  const lab = await labWith(t, 'nameserver 192.0.2.1\nsearch one\n');
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(a, ['bridge']);
  await lab.up(b, ['front']);
  await lab.up(c, ['bridge']);
  await lab.network.writeHostFiles(lab.sandbox('host'));
  writeFileSync(`${lab.sandbox(c).filesDir}/resolv.conf`, 'nameserver 192.0.2.99\n');
  const copied = (): string => file(lab, a, 'resolv.conf');
  const follows = async (server: string): Promise<void> => {
    assert.deepEqual(servers(await later(copied, (text) => text.includes(server))), [server]);
    const embedded = await later(
      () => file(lab, b, 'resolv.conf'),
      (text) => text.includes(server),
    );
    assert.match(embedded, new RegExp(`^# ExtServers: \\[host\\(${server}\\)\\]$`, 'm'));
    assert.deepEqual(servers(embedded), ['127.0.0.11']);
    const shared = await later(
      () => file(lab, 'host', 'resolv.conf'),
      (text) => text.includes(server),
    );
    assert.deepEqual(servers(shared), [server]);
  };
  await follows('192.0.2.1');
  writeFileSync(lab.resolvConf, 'nameserver 192.0.2.2\n');
  await follows('192.0.2.2');
  writeFileSync(`${lab.resolvConf}.new`, 'nameserver 192.0.2.3\n');
  renameSync(`${lab.resolvConf}.new`, lab.resolvConf);
  await follows('192.0.2.3');
  writeFileSync(`${lab.runDir}/../real`, 'nameserver 192.0.2.4\n');
  symlinkSync('real', `${lab.resolvConf}.new`);
  renameSync(`${lab.resolvConf}.new`, lab.resolvConf);
  await follows('192.0.2.4');
  await lab.network.stop();
  writeFileSync(`${lab.runDir}/../real`, 'nameserver 192.0.2.5\n');
  await lab.restart();
  assert.deepEqual(servers(await later(copied, (text) => text.includes('192.0.2.5'))), ['192.0.2.5'], 'while away');
  await lab.network.resumeHostFiles(lab.sandbox('host'));
  await follows('192.0.2.5');
  writeFileSync(`${lab.runDir}/../real`, 'nameserver 192.0.2.6\n');
  await follows('192.0.2.6');
  assert.equal(file(lab, c, 'resolv.conf'), 'nameserver 192.0.2.99\n');
  await lab.network.sandboxDown(c);
  await lab.network.sandboxUp(lab.sandbox(c));
  assert.equal(file(lab, c, 'resolv.conf'), 'nameserver 192.0.2.99\n', 'also when it starts again');
});

test('lines that a user put into hosts stay while the container joins, leaves, and is linked', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(b, ['bridge']);
  await lab.network.connect(a, 'bridge', endpoint({ links: ['c-bbbb:db'] }));
  await lab.network.sandboxUp(lab.sandbox(a));
  appendFileSync(`${lab.sandbox(a).filesDir}/hosts`, '192.0.2.7 mine');
  await lab.network.connect(a, 'front', endpoint());
  const joined = lab.address(a, 'front');
  await lab.network.sandboxDown(b);
  await lab.restart();
  await lab.network.disconnect(a, 'front');
  const hosts = file(lab, a, 'hosts');
  assert.match(hosts, /^192\.0\.2\.7 mine$/m);
  for (const gone of [joined, 'db']) assert.ok(!hosts.includes(gone), hosts);
});

test('an engine that was killed before it wrote hosts mends it when it starts', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(a, ['bridge', 'front']);
  const { lease, ...rest } = lab.store.endpoints.all().find(({ order }) => order === 1)!;
  await lab.network.stop();
  lab.store.endpoints.delete(rest.id);
  await lab.restart();
  const address = lease!.ipv4!.split('/')[0]!;
  const hosts = await later(
    () => file(lab, a, 'hosts'),
    (text) => !text.includes(address),
  );
  assert.ok(!hosts.includes(address), hosts);
});

test('hosts: brackets around IPv6, all addresses of host-gateway, and no ::1 where IPv6 is off', async (t) => {
  const lab = await NetworkLab.start(t, { hostGatewayIps: ['192.0.2.1', '2001:db8::1'] });
  const up = async (id: string, more: Partial<SandboxRequest>): Promise<string> => {
    await lab.up(id, ['bridge'], more);
    return file(lab, id, 'hosts');
  };
  const hosts = await up(a, { extraHosts: ['six:[2001:db8::6]', 'gate=host-gateway'] });
  assert.match(hosts, /^::1\tlocalhost ip6-localhost ip6-loopback$/m);
  assert.match(hosts, /^2001:db8::6\tsix\n192\.0\.2\.1\tgate\n2001:db8::1\tgate$/m);
  const without = await up(b, { sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1' } });
  assert.doesNotMatch(without, /:/);
});

test('glibc finds names as programs ask for them', async (t) => {
  const lab = await labWith(t, 'nameserver 192.0.2.1\n');
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(b, ['front'], { hostname: 'db' });
  await lab.up(a, ['front']);
  const getent = (...args: string[]): Promise<string> => {
    const mounts = ['resolv.conf', 'hosts'].map(
      (name) => `mount --bind ${lab.sandbox(a).filesDir}/${name} /etc/${name}`,
    );
    return lab.insideLater(a, 'unshare', '-m', 'sh', '-c', `${mounts.join('\n')}\ngetent ${args.join(' ')}`);
  };
  const address = lab.address(b, 'front');
  assert.match(await getent('ahostsv4', 'C-BBBB'), new RegExp(`^${address} +STREAM`));
  assert.match(await getent('ahosts', 'db.front'), new RegExp(`^${address} +STREAM`));
  assert.match(await getent('hosts', address), /c-bbbb\.front/);
  await assert.rejects(getent('ahostsv6', 'db'), { code: 2 });
});
