import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxRequest } from '../../src/network/index.ts';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const web = containerId('a');
const client = containerId('b');
const stranger = containerId('c');
const exposed: Partial<SandboxRequest> = { exposed: [{ protocol: 'tcp', port: 80 }] };

async function start(t: TestContext): Promise<NetworkLab> {
  const lab = await NetworkLab.start(t);
  const options = { 'com.docker.network.bridge.enable_icc': 'false', 'com.docker.network.bridge.name': 'br-apart' };
  await lab.network.createNetwork(networkCreate('apart', { options }));
  return lab;
}

async function serve(t: TestContext, lab: NetworkLab, id: string, ...ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const server = lab.background(id, 'socat', `TCP4-LISTEN:${port},fork,reuseaddr`, 'EXEC:echo here');
    t.after(() => server.kill());
    while (lab.inside(id, 'ss', '-Htln', `sport = ${port}`) === '') await sleep(20);
  }
}

async function gets(lab: NetworkLab, from: string, address: string, port: number): Promise<boolean> {
  try {
    return (await lab.insideLater(from, 'socat', '-T2', '-', `TCP4:${address}:${port},connect-timeout=1`)) === 'here\n';
  } catch {
    return false;
  }
}

/** Upper-layer packets of a bridge may pass the packet filter in this namespace; either way it has to hold. */
const bridgeFilter = (lab: NetworkLab, value: 0 | 1): void => {
  lab.run('sysctl', '-qw', `net.bridge.bridge-nf-call-iptables=${value}`);
};

for (const filtered of [0, 1] as const) {
  test(`a link opens the other's exposed ports, one way and to nobody else (bridge-nf-call-iptables=${filtered})`, async (t) => {
    const lab = await start(t);
    bridgeFilter(lab, filtered);
    await lab.up(web, ['apart'], exposed);
    await lab.network.connect(client, 'apart', endpoint({ links: [`${web}:db`] }));
    await lab.network.sandboxUp({ ...lab.sandbox(client), ...exposed });
    await lab.up(stranger, ['apart']);
    const address = lab.address(web, 'apart');
    await serve(t, lab, web, 80, 81);
    await serve(t, lab, client, 80);
    assert.ok(await gets(lab, client, address, 80));
    assert.ok(!(await gets(lab, client, address, 81)), 'a port that is not exposed');
    assert.ok(!(await gets(lab, stranger, address, 80)), 'who has no link');
    assert.ok(!(await gets(lab, web, lab.address(client, 'apart'), 80)), 'the way back');
    assert.ok(!lab.pings(client, address));
    assert.match(lab.nft('list', 'counters'), /counter apart \{\s+packets [1-9]/);
    assert.equal(lab.mends.length, 0);
  });
}

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
  await lab.network.disconnect(web, 'apart');
  assert.doesNotMatch(linked(), /elements/);
  assert.equal(lab.mends.length, 0);
});

test('without ICC a published port is reached by an address of the host', async (t) => {
  const lab = await start(t);
  bridgeFilter(lab, 0);
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_084, hostPortLast: 18_084 } as const;
  await lab.up(web, ['apart'], { ports: [port] });
  await lab.up(client, ['apart']);
  await serve(t, lab, web, 80);
  assert.ok(await gets(lab, client, '172.18.0.1', 18_084));
  assert.ok(await gets(lab, web, '172.18.0.1', 18_084));
  assert.ok(!(await gets(lab, client, lab.address(web, 'apart'), 80)));
});
