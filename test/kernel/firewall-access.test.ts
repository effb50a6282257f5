import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { elementsOfNetwork, elementsOfPorts, type Firewall } from '../../src/network/firewall/index.ts';
import type { PublishedPort } from '../../src/store/records.ts';
import { warmThreadPool } from '../../src/syscall/netns.ts';
import { addresses, FirewallLab, type Place } from './firewall-lab.ts';

const { remote, remote6, host, host6, a1, a1v6, a2 } = addresses;
const gatewayA = '192.0.2.1';
const gatewayA6 = '2001:db8:a::1';

const port = (hostPort: number, change: Partial<PublishedPort> = {}): PublishedPort => ({
  protocol: 'tcp',
  containerPort: 80,
  count: 1,
  hostIp: '',
  hostPort,
  ...change,
});

/** What a1 publishes: 80 of TCP and UDP, 80 on loopback and on one address, a range of equal numbers. */
const ports: readonly PublishedPort[] = [
  port(8080),
  port(8080, { protocol: 'udp' }),
  port(8081, { hostIp: '127.0.0.1' }),
  port(8082, { hostIp: host }),
  port(9000, { containerPort: 9000, count: 100 }),
];

type Case = {
  readonly from: Place;
  readonly to: string;
  readonly port: number;
  /** The client's address as the server sees it; "" when nothing must come through. */
  readonly sees: string;
  readonly protocol?: 'udp';
};

const cases: readonly Case[] = [
  // From outside, the client's address is preserved.
  { from: 'remote', to: host, port: 8080, sees: remote },
  { from: 'remote', to: host6, port: 8080, sees: remote6 },
  { from: 'remote', to: host, port: 8080, sees: remote, protocol: 'udp' },
  { from: 'remote', to: host, port: 8082, sees: remote },
  { from: 'remote', to: host, port: 9050, sees: remote },
  // What is not published for it stays closed: direct access, a loopback port.
  { from: 'remote', to: a1, port: 80, sees: '' },
  { from: 'remote', to: a1v6, port: 80, sees: '' },
  { from: 'remote', to: host, port: 8081, sees: '' },
  { from: 'remote', to: host, port: 9100, sees: '' },
  // The host reaches published ports by each of its addresses, and containers directly.
  { from: 'engine', to: '127.0.0.1', port: 8080, sees: gatewayA },
  { from: 'engine', to: '127.0.0.1', port: 8080, sees: gatewayA, protocol: 'udp' },
  { from: 'engine', to: '127.0.0.1', port: 8081, sees: gatewayA },
  { from: 'engine', to: host, port: 8080, sees: gatewayA },
  { from: 'engine', to: host, port: 8082, sees: gatewayA },
  { from: 'engine', to: '127.0.0.1', port: 8082, sees: '' },
  { from: 'engine', to: host6, port: 8080, sees: gatewayA6 },
  { from: 'engine', to: gatewayA, port: 8080, sees: gatewayA },
  { from: 'engine', to: '192.0.2.129', port: 8080, sees: gatewayA },
  { from: 'engine', to: a1, port: 80, sees: gatewayA },
  // A container reaches its own published port (hairpin), and so do its neighbours and other networks.
  { from: 'a1', to: host, port: 8080, sees: gatewayA },
  { from: 'a1', to: host, port: 8080, sees: gatewayA, protocol: 'udp' },
  { from: 'a1', to: host6, port: 8080, sees: gatewayA6 },
  { from: 'a1', to: gatewayA, port: 8080, sees: gatewayA },
  { from: 'a2', to: host, port: 8080, sees: gatewayA },
  { from: 'a2', to: a1, port: 80, sees: a2 },
  { from: 'b1', to: host, port: 8080, sees: gatewayA },
  { from: 'b1', to: host6, port: 8080, sees: gatewayA6 },
  { from: 'b1', to: gatewayA, port: 9050, sees: gatewayA },
  { from: 'b1', to: a1, port: 80, sees: '' },
  { from: 'b1', to: a1v6, port: 80, sees: '' },
];

const bridgeFilter = '/proc/sys/net/bridge/bridge-nf-call-iptables';

for (const filtered of existsSync(bridgeFilter) ? ['1', '0'] : [undefined]) {
  describe(`published ports${filtered === undefined ? '' : `, with bridge-nf-call-iptables=${filtered}`}`, () => {
    let lab: FirewallLab;
    let firewall: Firewall;

    before(async () => {
      await warmThreadPool();
      lab = new FirewallLab(`access${filtered ?? ''}`);
      if (filtered !== undefined) {
        for (const key of ['iptables', 'ip6tables'])
          lab.run('engine', 'sysctl', '-qw', `net.bridge.bridge-nf-call-${key}=${filtered}`);
      }
      firewall = lab.firewall();
      firewall.install();
      const network = { internal: false, icc: true, masquerade: true };
      firewall.apply({
        add: [
          ...elementsOfNetwork({
            ...network,
            owner: 'a',
            bridge: 'br-a',
            subnets: ['192.0.2.0/25', '2001:db8:a::/64'],
          }),
          ...elementsOfNetwork({
            ...network,
            owner: 'b',
            bridge: 'br-b',
            subnets: ['192.0.2.128/25', '2001:db8:b::/64'],
          }),
          ...elementsOfPorts({ owner: 'a1', ipv4: a1, ipv6: a1v6, ports }),
        ],
      });
      await lab.serve('a1', 'tcp', 80);
      await lab.serve('a1', 'udp', 80);
      for (const number of [9050, 9100]) await lab.serve('a1', 'tcp', number);
      await lab.serve('far', 'tcp', 80);
    });
    after(() => {
      firewall?.[Symbol.dispose]();
      lab?.[Symbol.dispose]();
    });

    for (const { from, to, port: number, sees, protocol = 'tcp' } of cases) {
      test(`${from} to ${to} port ${number}/${protocol}: ${sees === '' ? 'refused' : `seen as ${sees}`}`, () => {
        assert.equal(lab.ask(from, protocol, to, number), sees);
      });
    }

    test('containers go out under the address of the host', () => {
      assert.equal(lab.ask('a1', 'tcp', addresses.far, 80), '203.0.113.1');
      assert.equal(lab.ask('b1', 'tcp', addresses.far, 80), '203.0.113.1');
    });

    test('every refusal is counted under its name', () => {
      const { isolation, unpublished, loopback } = firewall.drops();
      assert.ok(isolation!.packets >= 2 && unpublished!.packets >= 2, JSON.stringify(firewall.drops()));
      assert.equal(loopback!.packets, 0);
    });

    test('packets for 127.0.0.1 from a wire are dropped, though our bridges route loopback', () => {
      for (const [place, gateway] of [
        ['remote', host],
        ['b1', '192.0.2.129'],
      ] as const) {
        const before = firewall.drops()['loopback']!.packets;
        lab.run(place, 'sysctl', '-qw', 'net.ipv4.conf.all.route_localnet=1');
        lab.run(place, 'ip', 'addr', 'del', '127.0.0.1/8', 'dev', 'lo');
        lab.run(place, 'ip', 'route', 'add', '127.0.0.0/8', 'via', gateway);
        assert.equal(lab.ask(place, 'tcp', '127.0.0.1', 8081), '');
        assert.ok(firewall.drops()['loopback']!.packets > before, `nothing from ${place} came to the guard`);
      }
    });
  });
}
