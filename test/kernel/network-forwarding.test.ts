import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkLab, networkCreate } from '../lab/network-lab.ts';

const forwards = (lab: NetworkLab, key: string): string => lab.run('sysctl', '-n', key).trim();
const all6 = 'net.ipv6.conf.all.forwarding';
const guarded = (lab: NetworkLab): string => lab.nft('list', 'set', 'inet', 'portolan-lab', 'guarded');
const told = (lab: NetworkLab): string => lab.notices.join('\n');

/** Forwarding off, as a machine has it that is no router. */
async function plainHost(...[t, options]: Parameters<typeof NetworkLab.open>): Promise<NetworkLab> {
  const lab = await NetworkLab.open(t, options);
  lab.run('sysctl', '-qw', 'net.ipv4.ip_forward=0', `${all6}=0`);
  return lab;
}

/** A way out that a router advertised. */
function fedByRouter(lab: NetworkLab): void {
  lab.ip('link add up0 type veth peer name up1');
  lab.ip('link set up0 up');
  lab.ip('link set up1 up');
  lab.ip('-6 address add 2001:db8:9::2/64 dev up0 nodad');
  lab.ip('-6 route add default via 2001:db8:9::1 dev up0 proto ra');
}

test('IPv6 forwarding is turned on with the first IPv6 network, told once, and guarded', async (t) => {
  const lab = await plainHost(t);
  await lab.restart();
  assert.equal(forwards(lab, 'net.ipv4.ip_forward'), '1');
  assert.equal(forwards(lab, all6), '0', 'nobody has asked for IPv6 yet');
  assert.doesNotMatch(guarded(lab), /ipv6/);
  for (const name of ['six', 'seven']) await lab.network.createNetwork(networkCreate(name, { ipv6: true }));
  assert.equal(forwards(lab, all6), '1');
  assert.match(guarded(lab), /ipv4/);
  assert.match(guarded(lab), /ipv6/);
  assert.equal(told(lab).match(/turned on IPv6 forwarding/g)?.length, 1);
  await lab.restart();
  assert.match(guarded(lab), /ipv6/);
});

test('a host that lives on router advertisements keeps them, and is told what to do', async (t) => {
  const lab = await plainHost(t);
  fedByRouter(lab);
  await lab.restart();
  await lab.network.createNetwork(networkCreate('six', { ipv6: true }));
  assert.equal(forwards(lab, all6), '0');
  assert.match(lab.ip('-6 route show default'), /proto ra/);
  assert.match(
    told(lab),
    /IPv6 forwarding is disabled: .* router advertisements on up0.*net\.ipv6\.conf\.up0\.accept_ra=2/,
  );

  lab.run('sysctl', '-qw', 'net.ipv6.conf.up0.accept_ra=2');
  await lab.network.createNetwork(networkCreate('seven', { ipv6: true }));
  assert.equal(forwards(lab, all6), '1');
  assert.match(lab.ip('-6 route show default'), /proto ra/);
});

test('a default network with IPv6 forwards from the start', async (t) => {
  const lab = await plainHost(t, { ipv6: true });
  await lab.restart();
  assert.equal(forwards(lab, all6), '1');
  assert.match(guarded(lab), /ipv6/);
});

test('--ip-forward=false leaves the host as it is, --ip-forward-no-drop does not guard it', async (t) => {
  const off = await plainHost(t, { ipForward: false });
  await off.restart();
  await off.network.createNetwork(networkCreate('six', { ipv6: true }));
  assert.equal(forwards(off, 'net.ipv4.ip_forward'), '0');
  assert.equal(forwards(off, all6), '0');
  assert.match(told(off), /IPv4 forwarding is disabled/);
  assert.match(told(off), /IPv6 forwarding is disabled/);

  const open = await plainHost(t, { ipForwardNoDrop: true });
  await open.restart();
  await open.network.createNetwork(networkCreate('six', { ipv6: true }));
  assert.equal(forwards(open, all6), '1');
  assert.doesNotMatch(guarded(open), /ipv/);
  await open.restart({ ipForwardNoDrop: false });
  assert.match(guarded(open), /ipv4, ipv6|ipv6, ipv4/);
});
