import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const a = containerId('a');
const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_090, hostPortLast: 18_090 } as const;

const way = (lab: NetworkLab, family: '-4' | '-6'): string =>
  lab
    .insideJson<{ dev: string; gateway: string }>(a, `${family} route show default`)
    .map(({ dev, gateway }) => `${dev} ${gateway}`)
    .join();

test('each family leads out through the first network that has it, and the ports go along', async (t) => {
  const lab = await NetworkLab.start(t);
  const pools = [{ subnet: '10.7.0.0/24' }, { subnet: 'fd00:7::/64' }];
  await lab.network.createNetwork(networkCreate('dual', { ipv6: true, ipam: { driver: '', options: {}, pools } }));
  await lab.network.createNetwork(
    networkCreate('four', { ipam: { driver: '', options: {}, pools: [{ subnet: '10.8.0.0/24' }] } }),
  );
  await lab.up(a, ['dual'], { ports: [port] });
  const leads = (set: string): string => lab.nft('list', 'map', 'inet', 'portolan-lab', set);
  assert.deepEqual([way(lab, '-4'), way(lab, '-6')], ['eth0 10.7.0.1', 'eth0 fd00:7::1']);

  await lab.network.connect(a, 'four', endpoint({ gatewayPriority: 1 }));
  assert.deepEqual([way(lab, '-4'), way(lab, '-6')], ['eth1 10.8.0.1', 'eth0 fd00:7::1']);
  assert.match(leads('publish4'), /tcp \. 18090 comment "\S+" : 10\.8\.0\.2 \. 80/);
  assert.match(leads('publish6'), /tcp \. 18090 comment "\S+" : fd00:7::2 \. 80/);
  assert.doesNotMatch(lab.nft('list', 'set', 'inet', 'portolan-lab', 'closed6'), /elements/);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });

  await lab.network.disconnect(a, 'dual');
  assert.deepEqual([way(lab, '-4'), way(lab, '-6')], ['eth1 10.8.0.1', '']);
  assert.doesNotMatch(leads('publish6'), /elements/);
  assert.match(lab.nft('list', 'set', 'inet', 'portolan-lab', 'closed6'), /18090/);

  await lab.network.disconnect(a, 'four');
  assert.deepEqual([way(lab, '-4'), way(lab, '-6')], ['', '']);
  await lab.network.connect(a, 'dual', endpoint());
  assert.deepEqual([way(lab, '-4'), way(lab, '-6')], ['eth0 10.7.0.1', 'eth0 fd00:7::1']);
  assert.match(leads('publish4'), /18090/);
  assert.equal(lab.mends.length, 0);
});

test('a sandbox from before each family had its gateway keeps its IPv6 default route', async (t) => {
  const lab = await NetworkLab.start(t);
  const pools = [{ subnet: '10.7.0.0/24' }, { subnet: 'fd00:7::/64' }];
  await lab.network.createNetwork(networkCreate('dual', { ipv6: true, ipam: { driver: '', options: {}, pools } }));
  await lab.up(a, ['dual']);
  const { gateway6EndpointId: _, ...old } = lab.network.sandboxOf(a)!.sandbox;
  lab.store.sandboxes.put(old);
  await lab.restart();
  assert.equal(way(lab, '-6'), 'eth0 fd00:7::1');
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('interfaces and routes are the same at every start', async (t) => {
  const lab = await NetworkLab.start(t);
  for (const name of ['zoo', 'ant', 'mid']) await lab.network.createNetwork(networkCreate(name));
  await lab.network.connect(a, 'zoo', endpoint());
  await lab.network.connect(a, 'ant', endpoint());
  await lab.network.connect(a, 'mid', endpoint({ gatewayPriority: -1 }));
  const seen = new Set<string>();
  for (let start = 0; start < 200; start++) {
    await lab.network.sandboxUp(lab.sandbox(a));
    seen.add(lab.inside(a, 'ip', '-4', 'route', 'show'));
    await lab.network.sandboxDown(a);
  }
  assert.match([...seen].join(), /^default via \S+ dev eth1/);
  assert.equal(seen.size, 1, [...seen].join('\n'));
});
