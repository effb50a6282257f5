import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointRecord, networkRecord, sandboxRecord } from '../../test/fixture/records.ts';
import { endpointSysctls, sysctlFaults, withEndpointOptions } from './endpoint-options.ts';
import { emptyNamespace, emptyPlan } from './plan/merge.ts';
import type { PlannedSysctl } from './plan/types.ts';

const faults = (value: string): readonly string[] => sysctlFaults({ driverOptions: { [endpointSysctls]: value } });

for (const good of [
  'net.ipv4.conf.IFNAME.log_martians=1',
  'net.ipv4.conf.ifname.log_martians=1,net.ipv6.conf.IFNAME.accept_ra=2',
  'net.ipv4.neigh.IFNAME.gc_stale_time=30',
  'net.mpls.conf.IFNAME.input=1',
  '',
]) {
  test(`sysctlFaults() finds none in "${good}"`, () => assert.deepEqual(faults(good), []));
}

for (const bad of [
  'net.ipv4.conf.eth0.log_martians=1',
  'net.core.conf.IFNAME.x=1',
  'log_martians=1',
  'net.ipv4.conf.IFNAME.../../../../kernel/core_pattern=1',
  'net.ipv4.conf.IFNAME./x=1',
]) {
  test(`sysctlFaults() refuses "${bad}"`, () => {
    assert.deepEqual(faults(`${bad},net.ipv4.conf.IFNAME.log_martians=1`), [
      `unrecognised network interface sysctl '${bad}'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'`,
    ]);
  });
}

test('sysctlFaults() says when the value is missing', () => {
  assert.deepEqual(faults('net.ipv4.conf.IFNAME.log_martians'), [
    "expected sysctl 'net.ipv4.conf.IFNAME.log_martians' to have format name=value",
  ]);
});

test('withEndpointOptions() puts what is asked in the place of what the driver writes', () => {
  const own: PlannedSysctl = { key: 'net/ipv6/conf/eth3/disable_ipv6', value: '0', owner: 'endpoint:e' };
  const link = { name: 'eth3', owner: 'endpoint:e', kind: { type: 'peer' as const } };
  const bare = endpointRecord({ id: 'e' });
  const driverOptions = {
    [endpointSysctls]: 'net.ipv6.conf.IFNAME.disable_ipv6=1,net.ipv4.conf.IFNAME.log_martians=1',
  };
  const plan = withEndpointOptions(
    { ...emptyPlan, sandboxes: new Map([['s', { ...emptyNamespace, links: [link], sysctls: [own] }]]) },
    {
      network: networkRecord({ options: { 'com.docker.network.advertise_addr_nmsgs': '0' } }),
      endpoint: { ...bare, request: { ...bare.request, driverOptions } },
      lease: { hostInterface: 'veth1', interface: 'eth3', mac: '' },
      sandbox: sandboxRecord(),
    },
  );
  const inside = plan.sandboxes.get('s')!;
  assert.deepEqual(
    inside.sysctls.map(({ key, value }) => `${key}=${value}`),
    ['net/ipv6/conf/eth3/disable_ipv6=1', 'net/ipv4/conf/eth3/log_martians=1'],
  );
  assert.deepEqual(inside.links[0]!.announcements, { count: 0, intervalMs: 1000 });
});
