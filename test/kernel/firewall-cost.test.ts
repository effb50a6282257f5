import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  elementsOfNetwork,
  elementsOfPorts,
  type Firewall,
  type NetworkIntent,
} from '../../src/network/firewall/index.ts';
import { warmThreadPool } from '../../src/syscall/netns.ts';
import { patience } from '../lab/patience.ts';
import { addresses, FirewallLab } from './firewall-lab.ts';

const { host, host6, remote, remote6, a1, a1v6 } = addresses;

const network = (owner: string, bridge: string): NetworkIntent => ({
  owner,
  bridge,
  subnets: ['192.0.2.0/25', '2001:db8:a::/64'],
  internal: false,
  icc: true,
  masquerade: true,
});
const publish = (owner: string, hostPort: number, ipv4: string, ipv6: string) =>
  elementsOfPorts({
    owner,
    ipv4,
    ipv6,
    ports: [{ protocol: 'tcp', containerPort: 80, count: 1, hostIp: '', hostPort }],
  });

/** Timings of packets are noise; the rules that they go through are not. */
describe('the way of a packet through the rules', () => {
  let lab: FirewallLab;
  let firewall: Firewall;

  before(async () => {
    await warmThreadPool();
    lab = new FirewallLab('cost');
    firewall = lab.firewall([4, 6]);
    firewall.install();
    firewall.apply({ add: [...elementsOfNetwork(network('a', 'br-a')), ...publish('a1', 8080, a1, a1v6)] });
    await lab.serve('a1', 'tcp', 80);
    lab.nft(
      'add table inet trace; add chain inet trace c { type filter hook prerouting priority -350; }; ' +
        'add rule inet trace c tcp flags & (syn | ack) == syn iifname { eth0, br-a } meta nftrace set 1',
    );
  });
  after(() => {
    firewall?.[Symbol.dispose]();
    lab?.[Symbol.dispose]();
  });

  /** What the kernel says about the first packet of a connection: each rule that matched, each chain that ended. */
  async function way(from: 'remote' | 'a1', address: string, port: number, sees: string): Promise<readonly string[]> {
    const monitor = lab.start('engine', 'nft', 'monitor', 'trace');
    let said = '';
    monitor.stdout!.on('data', (text) => (said += text));
    const steps = (): readonly string[] => {
      const all = [...said.matchAll(/^trace id \w+ inet portolan (\w+ (?:rule|verdict|policy) .*)$/gm)].map(
        ([, step]) => step!.trim(),
      );
      // A monitor that is slow to speak makes us ask again, and then tells of two packets. Each comes by the guard first.
      const next = all.findIndex((step, i) => i > 0 && step.startsWith('guard ') && !all[i - 1]!.startsWith('guard '));
      return next === -1 ? all : all.slice(0, next);
    };
    for (let tries = 0; tries < 5 && steps().length === 0; tries++) {
      await sleep(100 * patience);
      assert.equal(lab.ask(from, 'tcp', address, port), sees);
      await sleep(50 * patience);
    }
    for (let heard = -1; heard !== steps().length; await sleep(50 * patience)) heard = steps().length;
    monitor.kill();
    await once(monitor, 'exit');
    assert.ok(steps().length > 3, said);
    return steps();
  }

  test('is the same with one network and with 500 networks and 5,000 ports', async () => {
    const asked = [
      ['remote', host, 8080, remote],
      ['remote', host6, 8080, remote6],
      ['a1', addresses.remote, 81, ''],
    ] as const;
    const ways = async (): Promise<readonly (readonly string[])[]> => {
      const all: (readonly string[])[] = [];
      for (const [from, address, port, sees] of asked) all.push(await way(from, address, port, sees));
      return all;
    };
    const alone = await ways();
    assert.ok(
      alone[0]!.some((step) => /^publish rule dnat ip to .*verdict accept/.test(step)),
      alone[0]!.join('\n'),
    );
    const others = Array.from({ length: 500 }, (_, i) => elementsOfNetwork(network(`n${i}`, `br-n${i}`)));
    const ports = Array.from({ length: 5_000 }, (_, i) => publish(`c${i}`, 10_000 + i, '192.0.2.9', '2001:db8:a::9'));
    await firewall.applyAsync({ add: [...others.flat(), ...ports.flat()] });
    assert.deepEqual(await ways(), alone);
  });
});
