import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxRequest } from '../../src/network/index.ts';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';

const web = containerId('a');
const client = containerId('b');
const stranger = containerId('c');
const exposed: Partial<SandboxRequest> = { exposed: [{ protocol: 'tcp', port: 80 }] };

/** `filtered`: whether bridges show their packets to the packet filter in this namespace; either way all has to hold. */
async function start(t: TestContext, filtered: 0 | 1 = 1): Promise<NetworkLab> {
  const lab = await NetworkLab.open(t);
  bridgeFilter(lab, filtered);
  await lab.restart();
  const options = {
    'com.docker.network.bridge.enable_icc': 'false',
    'com.docker.network.bridge.name': 'br-apart',
    // Each further announcement would make a container forget the neighbours that a test has given it.
    'com.docker.network.advertise_addr_nmsgs': '1',
  };
  await lab.network.createNetwork(networkCreate('apart', { options, ipv6: true }));
  return lab;
}

function bridgeFilter(lab: NetworkLab, value: 0 | 1): void {
  for (const key of ['iptables', 'ip6tables']) lab.run('sysctl', '-qw', `net.bridge.bridge-nf-call-${key}=${value}`);
}

async function serve(t: TestContext, lab: NetworkLab, id: string, ...ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const server = lab.background(id, 'socat', `TCP6-LISTEN:${port},ipv6only=0,fork,reuseaddr`, 'EXEC:echo here');
    t.after(() => server.kill());
    while (lab.inside(id, 'ss', '-Htln', `sport = ${port}`) === '') await sleep(20);
  }
}

async function gets(lab: NetworkLab, from: string, address: string, port: number): Promise<boolean> {
  try {
    const target = address.includes(':') ? `TCP6:[${address}]` : `TCP4:${address}`;
    return (await lab.insideLater(from, 'socat', '-T2', '-', `${target}:${port},connect-timeout=1`)) === 'here\n';
  } catch {
    return false;
  }
}

const addressesOf = (lab: NetworkLab, id: string): readonly string[] => {
  const { lease } = lab.network.endpointsOf(id)[0]!;
  return [lease!.ipv4!, lease!.ipv6!].map((cidr) => cidr.split('/')[0]!);
};

const gatewaysOf = (lab: NetworkLab): readonly string[] =>
  lab.network.network('apart').ipam.pools.map(({ gateway }) => gateway!);

const pairs = (one: readonly string[], other: readonly string[]): (readonly [string, string])[] =>
  one.map((value, i) => [value, other[i]!]);

/** Who does not answer: waiting for one takes as long as for all. */
async function silent(lab: NetworkLab, from: string, addresses: readonly string[]): Promise<readonly string[]> {
  const asked = addresses.map((address) => lab.insideLater(from, 'ping', '-c2', '-i0.2', '-W0.5', address));
  const answers = await Promise.allSettled(asked);
  return addresses.filter((_, i) => answers[i]!.status === 'rejected');
}

/** Also for two who try: each with the other's address on its link, and the other's hardware address at hand. */
async function isApart(lab: NetworkLab): Promise<void> {
  const targets = addressesOf(lab, web);
  assert.deepEqual(await silent(lab, client, targets), targets);
  const each = (verb: 'replace' | 'del'): void => {
    for (const [place, other] of [
      [client, web],
      [web, client],
    ] as const) {
      const { mac } = lab.network.endpointsOf(other)[0]!.lease!;
      for (const address of addressesOf(lab, other)) {
        const family = address.includes(':') ? '-6' : '-4';
        const host = `${address}/${family === '-6' ? 128 : 32}`;
        lab.inside(place, 'ip', family, 'route', verb, host, 'dev', 'eth0');
        lab.inside(place, 'ip', 'neigh', verb, address, 'lladdr', mac, 'dev', 'eth0');
      }
    }
  };
  each('replace');
  assert.deepEqual(await silent(lab, client, targets), targets, 'straight');
  each('del');
  for (const gateway of gatewaysOf(lab)) assert.ok(lab.pings(client, gateway), gateway);
}

for (const filtered of [0, 1] as const) {
  test(`a link opens the other's exposed ports, one way and to nobody else (bridge-nf-call-iptables=${filtered})`, async (t) => {
    const lab = await start(t, filtered);
    await lab.up(web, ['apart'], exposed);
    await lab.network.connect(client, 'apart', endpoint({ links: [`${web}:db`] }));
    await lab.network.sandboxUp({ ...lab.sandbox(client), ...exposed });
    await lab.up(stranger, ['apart']);
    await serve(t, lab, web, 80, 81);
    await serve(t, lab, client, 80);
    for (const [address, own] of pairs(addressesOf(lab, web), addressesOf(lab, client))) {
      assert.ok(await gets(lab, client, address, 80), address);
      const refused = [
        gets(lab, client, address, 81), // a port that is not exposed
        gets(lab, stranger, address, 80), // who has no link
        gets(lab, web, own, 80), // the way back
      ];
      assert.deepEqual(await Promise.all(refused), [false, false, false], address);
      assert.deepEqual(await silent(lab, client, [address]), [address]);
    }
    assert.match(lab.nft('list', 'counters'), /counter apart \{\s+packets [1-9]/);
    assert.equal(lab.mends.length, 0);
  });

  test(`without ICC a published port is reached by an address of the host (bridge-nf-call-iptables=${filtered})`, async (t) => {
    const lab = await start(t, filtered);
    const port = {
      protocol: 'tcp',
      containerPort: 80,
      hostIp: '',
      hostPortFirst: 18_084,
      hostPortLast: 18_084,
    } as const;
    await lab.up(web, ['apart'], { ports: [port] });
    await lab.up(client, ['apart']);
    await serve(t, lab, web, 80, 81);
    for (const [gateway, address] of pairs(gatewaysOf(lab), addressesOf(lab, web))) {
      assert.ok(await gets(lab, client, gateway, 18_084), gateway);
      assert.ok(await gets(lab, web, gateway, 18_084), `${gateway}, from the container itself`);
      const direct = [gets(lab, client, address, 80), gets(lab, client, address, 81)];
      assert.deepEqual(await Promise.all(direct), [false, false], address);
    }
    await isApart(lab);
  });
}

test('containers are kept apart when bridges stop or begin to show what they carry, and repair follows', async (t) => {
  const lab = await start(t, 1);
  await lab.up(web, ['apart']);
  await lab.up(client, ['apart']);
  const isolated = (): unknown[] =>
    lab
      .ipJson<{ linkinfo: { info_slave_data?: object } }>('-d link show master br-apart')
      .map(({ linkinfo }) => linkinfo);
  assert.doesNotMatch(JSON.stringify(isolated()), /"isolated":true/);
  bridgeFilter(lab, 0);
  await isApart(lab);
  await lab.network.repair();
  assert.doesNotMatch(JSON.stringify(isolated()), /"isolated":false/);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  lab.nft('delete table bridge portolan-lab');
  await isApart(lab);
  await until('the table is back', () => lab.nft('list tables').includes('table bridge portolan-lab'));
  bridgeFilter(lab, 1);
  await isApart(lab);
  await lab.network.repair();
  await isApart(lab);
  assert.equal(lab.mends.length, 0);
});

test('what a link opens follows its target, and goes with either end', async (t) => {
  const lab = await start(t);
  const linked = (): string => lab.nft('list', 'set', 'inet', 'portolan-lab', 'linked4');
  await lab.network.connect(client, 'apart', endpoint({ links: ['c-aaaa:db'] }));
  await lab.network.sandboxUp(lab.sandbox(client));
  assert.doesNotMatch(linked(), /elements/);
  await lab.up(web, ['apart'], exposed);
  assert.match(linked(), /172\.18\.0\.2 \. 172\.18\.0\.3 \. tcp \. 80/);
  await lab.network.rename(web, 'other', 'c-aaaa');
  assert.match(linked(), /elements/);
  await lab.network.rename(web, 'c-aaaa', 'other');
  assert.match(linked(), /elements/);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  await lab.network.sandboxDown(client);
  assert.doesNotMatch(linked(), /elements/);
  await lab.network.sandboxUp(lab.sandbox(client));
  assert.match(linked(), /elements/);
  await lab.network.unlink(client, 'apart', (link) => link === 'c-aaaa:db');
  assert.doesNotMatch(linked(), /elements/);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
  await lab.network.sandboxDown(client);
  await lab.network.connect(client, 'apart', endpoint({ links: ['c-aaaa:db'] }));
  await lab.network.sandboxUp(lab.sandbox(client));
  assert.match(linked(), /elements/);
  await lab.network.disconnect(web, 'apart');
  assert.doesNotMatch(linked(), /elements/);
  assert.equal(lab.mends.length, 0);
});
