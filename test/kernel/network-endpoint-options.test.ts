import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const a = containerId('a');

test('sysctls of an endpoint are set on its interface, whatever it is called, and kept', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('plain'));
  const driverOptions = {
    'com.docker.network.endpoint.sysctls': 'net.ipv4.conf.IFNAME.log_martians=1,net.ipv4.neigh.IFNAME.gc_stale_time=33',
    'com.docker.network.endpoint.ifname': 'wan7',
  };
  await lab.up(a, ['bridge']);
  await lab.network.connect(a, 'plain', endpoint({ driverOptions }));
  const value = (key: string): string => lab.inside(a, 'sysctl', '-n', key).trim();
  assert.deepEqual([value('net.ipv4.conf.wan7.log_martians'), value('net.ipv4.neigh.wan7.gc_stale_time')], ['1', '33']);
  assert.equal(value('net.ipv4.conf.eth0.log_martians'), '0');
  lab.inside(a, 'sysctl', '-qw', 'net.ipv4.conf.wan7.log_martians=0');
  await lab.network.repair();
  assert.equal(value('net.ipv4.conf.wan7.log_martians'), '1');
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});

test('a sysctl that no kernel has refuses the connection, and nothing of it stays', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('plain'));
  await lab.up(a, ['bridge']);
  const links = (): readonly unknown[] => lab.ipJson('link show').map(({ ifname }) => ifname);
  const before = links();
  const driverOptions = { 'com.docker.network.endpoint.sysctls': 'net.ipv4.conf.IFNAME.nonsense=1' };
  await assert.rejects(lab.network.connect(a, 'plain', endpoint({ driverOptions })), {
    message: 'cannot set sysctl net.ipv4.conf.eth1.nonsense to 1: this kernel has no such value',
  });
  assert.deepEqual(links(), before);
  assert.equal(lab.network.endpointsOf(a).length, 1);
});
