import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, NetworkLab } from '../lab/network-lab.ts';

const a = containerId('a');
type Addressed = { readonly addr_info?: readonly { readonly local: string; readonly prefixlen: number }[] };

const addressesOf = (lab: NetworkLab, link: string): string[] =>
  lab
    .ipJson<Addressed>(`address show ${link} scope global`)
    .flatMap(({ addr_info = [] }) =>
      addr_info.filter(({ local }) => local !== undefined).map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    );
const gateways = (lab: NetworkLab): string[] =>
  ['-4', '-6'].flatMap((family) =>
    lab.insideJson<{ gateway: string }>(a, `${family} route show default`).map(({ gateway }) => gateway),
  );
const leaseOf = (lab: NetworkLab) => lab.network.endpointsOf(a)[0]!.lease!;

test('--ipv6 gives the default network an address of each family, and its containers a way out by each', async (t) => {
  const lab = await NetworkLab.start(t, { ipv6: true });
  const [v4, v6, ...more] = addressesOf(lab, 'docker0');
  assert.equal(v4, '172.17.0.1/16');
  assert.match(v6!, /^fd[0-9a-f:]+::1\/64$/);
  assert.deepEqual(more, []);
  await lab.up(a, ['bridge']);
  assert.deepEqual(gateways(lab), ['172.17.0.1', v6!.split('/')[0]]);
  assert.ok(lab.pings(a, v6!.split('/')[0]!));
  await lab.network.forget(a);
  await lab.restart({ ipv6: false });
  assert.deepEqual(addressesOf(lab, 'docker0'), ['172.17.0.1/16']);
});

test('--bip, --fixed-cidr and --default-gateway reach bridge, leases and routes, in both families', async (t) => {
  const lab = await NetworkLab.start(t, {
    ipv6: true,
    bip: '192.168.176.88/24',
    fixedCidr: '192.168.176.128/25',
    defaultGateway: '192.168.176.254',
    bip6: 'fd00:9::88/64',
    fixedCidr6: 'fd00:9::1:0/112',
    defaultGateway6: 'fd00:9::254',
  });
  assert.deepEqual(addressesOf(lab, 'docker0'), ['192.168.176.88/24', 'fd00:9::88/64']);
  await lab.up(a, ['bridge']);
  assert.equal(leaseOf(lab).ipv4, '192.168.176.128/24');
  assert.match(leaseOf(lab).ipv6!, /^fd00:9::1:[01]\/64$/);
  assert.deepEqual(gateways(lab), ['192.168.176.254', 'fd00:9::254']);
  const { pools } = lab.network.network('bridge').ipam;
  assert.deepEqual(pools[0], {
    subnet: '192.168.176.0/24',
    ipRange: '192.168.176.128/25',
    gateway: '192.168.176.88',
    auxiliary: { DefaultGatewayIPv4: '192.168.176.254' },
    automatic: false,
  });
});

test('a range within the chosen subnet stays with it, and goes with its flag', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.restart({ fixedCidr: '172.17.5.0/24' });
  assert.deepEqual(addressesOf(lab, 'docker0'), ['172.17.0.1/16']);
  await lab.up(a, ['bridge']);
  assert.equal(leaseOf(lab).ipv4, '172.17.5.0/16');
  await lab.network.forget(a);
  await lab.restart();
  assert.equal(lab.network.network('bridge').ipam.pools[0]!.ipRange, undefined);
  await lab.restart({ fixedCidr: '10.66.0.0/24' });
  assert.deepEqual(addressesOf(lab, 'docker0'), ['10.66.0.1/24']);
});

test('the default network does not move under a running container', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.up(a, ['bridge']);
  await lab.restart({ bip: '10.66.0.1/24', ipv6: true, bip6: 'fd00:6::1/64' });
  assert.deepEqual(addressesOf(lab, 'docker0'), ['172.17.0.1/16', 'fd00:6::1/64']);
  assert.ok(lab.pings(a, '172.17.0.1'));
  assert.match(lab.notices.join(), /keeps 172\.17\.0\.0\/16 while containers are on it; it becomes 10\.66\.0\.0\/24/);
  await lab.network.forget(a);
  await lab.restart({ bip: '10.66.0.1/24' });
  assert.deepEqual(addressesOf(lab, 'docker0'), ['10.66.0.1/24']);
});

test("a bridge of the user's keeps its addresses, and lends one to the network", async (t) => {
  const lab = await NetworkLab.open(t, { bridge: 'mine', ipv6: true, fixedCidr: '192.168.177.0/24' });
  lab.ip('link add mine type bridge');
  const own = ['192.168.160.88/20', '192.168.176.88/20', 'fd00:7::88/64'];
  for (const address of own) lab.ip(`address add ${address} dev mine nodad`);
  for (const _start of [1, 2]) {
    await lab.restart();
    assert.deepEqual(addressesOf(lab, 'mine'), own);
    const [v4, v6] = lab.network.network('bridge').ipam.pools;
    assert.deepEqual([v4!.subnet, v4!.gateway], ['192.168.176.0/20', '192.168.176.88']);
    assert.deepEqual([v6!.subnet, v6!.gateway], ['fd00:7::/64', 'fd00:7::88']);
  }
  await lab.up(a, ['bridge']);
  assert.equal(leaseOf(lab).ipv4, '192.168.177.0/20');
  assert.ok(lab.pings(a, '192.168.176.88'));
});
