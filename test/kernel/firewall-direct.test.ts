import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { elementsOfNetwork, elementsOfPorts, Firewall } from '../../src/network/firewall/index.ts';
import { NftContext } from '../../src/nftables/context.ts';
import { warmThreadPool } from '../../src/syscall/netns.ts';
import { addresses, FirewallLab } from './firewall-lab.ts';

const { host, remote, remote6, a1, a1v6 } = addresses;

/** a1 publishes its port 80 as 8080; 81 is open inside, and not published. */
describe('containers reached at their own addresses', () => {
  let lab: FirewallLab;
  const network = {
    owner: 'a',
    bridge: 'br-a',
    subnets: ['192.0.2.0/25', '2001:db8:a::/64'],
    internal: false,
    icc: true,
    masquerade: true,
  };
  const port = { protocol: 'tcp', containerPort: 80, count: 1, hostIp: '', hostPort: 8080 } as const;

  function install(options: { readonly direct?: boolean; readonly acceptMark?: { mark: number; mask: number } }): void {
    const { direct = false, ...rest } = options;
    using firewall = new Firewall({ context: NftContext.open(lab.fd), table: 'portolan', ...rest });
    firewall.remove();
    firewall.install();
    const all = direct ? ({ direct: 'all' } as const) : {};
    const ports = elementsOfPorts({ owner: 'a1', ports: [port], ipv4: a1, ipv6: a1v6, ...all });
    firewall.apply({ add: [...elementsOfNetwork(network), ...ports] });
  }
  const seen = (address: string, number: number): string => lab.ask('remote', 'tcp', address, number);

  before(async () => {
    await warmThreadPool();
    lab = new FirewallLab('direct');
    await lab.serve('a1', 'tcp', 80);
    await lab.serve('a1', 'tcp', 81);
  });
  after(() => lab?.[Symbol.dispose]());

  test('are closed but for the ports of the host', () => {
    install({});
    assert.deepEqual([seen(host, 8080), seen(a1, 80), seen(a1v6, 80), seen(a1, 81)], [remote, '', '', '']);
  });

  test('are open at what is published with --allow-direct-routing', () => {
    install({ direct: true });
    assert.deepEqual([seen(host, 8080), seen(a1, 80), seen(a1v6, 80)], [remote, remote, remote6]);
    assert.deepEqual([seen(a1, 81), seen(a1v6, 81)], ['', '']);
  });

  test('are open to packets with the mark of --bridge-accept-fwmark, and to no others', () => {
    install({ acceptMark: { mark: 0x1, mask: 0xff } });
    assert.equal(seen(a1, 81), '');
    lab.nft('add table inet marks; add chain inet marks c { type filter hook prerouting priority mangle; }');
    for (const [mark, sees] of [
      ['0x201', remote],
      ['0x2', ''],
    ] as const) {
      lab.nft(`flush chain inet marks c; add rule inet marks c tcp dport 81 meta mark set ${mark}`);
      assert.equal(seen(a1, 81), sees, mark);
    }
    lab.nft('delete table inet marks');
  });
});
