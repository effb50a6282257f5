import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { before, type TestContext, test } from 'node:test';
import { Firewall } from '../../src/network/firewall/index.ts';
import { NftContext } from '../../src/nftables/context.ts';
import { warmThreadPool } from '../../src/syscall/netns.ts';
import { patience } from '../lab/patience.ts';
import { type Host, openHost } from './fixture.ts';

const filterKeys = ['iptables', 'ip6tables'].map((key) => `net.bridge.bridge-nf-call-${key}`);
const skip = existsSync('/proc/sys/net/bridge') ? false : 'this kernel has no br_netfilter';

before(warmThreadPool);

type Stage = { readonly host: Host; readonly firewall: Firewall; machine(bridge: 'x' | 'y', number: number): Host };

/** A host that forwards for containers alone, with two bridges of somebody else's whose frames meet the rule set. */
function stage(t: TestContext): Stage {
  const stack = new DisposableStack();
  t.after(() => stack.dispose());
  const host = stack.use(openHost());
  host.run('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  for (const key of filterKeys) host.run('sysctl', '-qw', `${key}=1`);
  for (const [name, n] of [
    ['x', 1],
    ['y', 2],
  ] as const) {
    host.run('ip', 'link', 'add', `br-${name}`, 'type', 'bridge');
    host.run('ip', 'link', 'set', `br-${name}`, 'up');
    for (const address of [`192.0.2.${n * 32 + 1}/27`, `2001:db8:${n}::1/64`])
      host.run('ip', 'address', 'add', address, 'dev', `br-${name}`, ...(address.includes(':') ? ['nodad'] : []));
  }
  const firewall = new Firewall({ context: NftContext.open(host.fd), table: 'portolan', guarded: [4, 6] });
  stack.use(firewall);
  firewall.install();
  const machine: Stage['machine'] = (bridge, number) => {
    const n = bridge === 'x' ? 1 : 2;
    const inner = stack.use(openHost());
    const outer = `v-${bridge}${number}`;
    host.run('ip', 'link', 'add', outer, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', inner.path);
    host.run('ip', 'link', 'set', outer, 'master', `br-${bridge}`, 'up');
    inner.run('ip', 'address', 'add', `192.0.2.${n * 32 + number}/27`, 'dev', 'eth0');
    inner.run('ip', 'address', 'add', `2001:db8:${n}::${number}/64`, 'dev', 'eth0', 'nodad');
    inner.run('ip', 'link', 'set', 'eth0', 'up');
    for (const via of [`192.0.2.${n * 32 + 1}`, `2001:db8:${n}::1`])
      inner.run('ip', ...(via.includes(':') ? ['-6'] : []), 'route', 'add', 'default', 'via', via);
    return inner;
  };
  return { host, firewall, machine };
}

function pings(from: Host, address: string): boolean {
  try {
    from.run('ping', '-c3', '-i0.2', `-W${patience}`, address);
    return true;
  } catch {
    return false;
  }
}

test('what a stranger’s bridge carries from port to port is left alone, what leads from it elsewhere is not', {
  skip,
}, (t) => {
  const { host, firewall, machine } = stage(t);
  const [x2, x3, y2] = [machine('x', 2), machine('x', 3), machine('y', 2)];
  const dropped = (): number => firewall.drops()['foreign']!.packets;
  assert.ok(pings(x2, '192.0.2.35'), 'IPv4 within a bridge');
  assert.ok(pings(x2, '2001:db8:1::3'), 'IPv6 within a bridge');
  assert.ok(pings(x3, '192.0.2.33'), 'the host itself');
  assert.equal(dropped(), 0);
  for (const address of ['192.0.2.66', '2001:db8:2::2']) {
    const before = dropped();
    assert.ok(!pings(x2, address), `${address}, from bridge to bridge`);
    assert.ok(dropped() > before, 'counted');
  }
  assert.ok(pings(y2, '192.0.2.65'));
  host.run('nft', 'flush', 'set', 'inet', 'portolan', 'guarded');
  assert.ok(pings(x2, '192.0.2.66'), 'the guard alone had kept them apart');
});
