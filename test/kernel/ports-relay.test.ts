import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { elementsOfNetwork, elementsOfPorts, type Firewall } from '../../src/network/firewall/index.ts';
import type { PublishedPort } from '../../src/store/records.ts';
import { warmThreadPool } from '../../src/syscall/netns.ts';
import { addresses, FirewallLab } from './firewall-lab.ts';
import type { HoldOrder } from './ports-holder.ts';

const { host, host6, remote, a1 } = addresses;
const gatewayA = '192.0.2.1';

/** a1 publishes port 80 as 8080, and is known by its IPv4 address only. */
describe('a reserved port, with the rules in place', () => {
  let lab: FirewallLab;
  let firewall: Firewall;

  before(async () => {
    await warmThreadPool();
    lab = new FirewallLab('relay');
    await lab.serve('a1', 'tcp', 80);
    await lab.serve('a1', 'udp', 80);
    const order: HoldOrder = {
      requests: (['tcp', 'udp'] as const).map((protocol) => ({
        protocol,
        containerPort: 80,
        hostIp: '',
        hostPortFirst: 8080,
        hostPortLast: 8080,
      })),
      target: { ipv4: a1 },
    };
    const script = fileURLToPath(new URL('./ports-holder.ts', import.meta.url));
    const ports = await answerOf(lab, process.execPath, script, JSON.stringify(order));
    firewall = lab.firewall();
    firewall.install();
    const network = {
      owner: 'a',
      bridge: 'br-a',
      subnets: ['192.0.2.0/25'],
      internal: false,
      icc: true,
      masquerade: true,
    };
    firewall.apply({ add: [...elementsOfNetwork(network), ...elementsOfPorts({ owner: 'a1', ports, ipv4: a1 })] });
  });
  after(() => {
    firewall?.[Symbol.dispose]();
    lab?.[Symbol.dispose]();
  });

  test('is translated by the kernel for IPv4, with the address of the client', () => {
    assert.equal(lab.ask('remote', 'tcp', host, 8080), remote);
    assert.equal(lab.ask('remote', 'udp', host, 8080), remote);
    assert.equal(lab.ask('engine', 'tcp', '127.0.0.1', 8080), gatewayA);
  });

  test('is relayed for ::1, which the kernel cannot translate', () => {
    assert.equal(lab.ask('engine', 'tcp', '::1', 8080), gatewayA);
    assert.equal(lab.ask('engine', 'udp', '::1', 8080), gatewayA);
  });

  test("is relayed to an IPv4 container for the host's own IPv6 addresses", () => {
    assert.equal(lab.ask('engine', 'tcp', host6, 8080), gatewayA);
    assert.equal(lab.ask('engine', 'udp', host6, 8080), gatewayA);
  });

  test('is refused at once to IPv6 clients of a container that has IPv4 only, whom a relay would hide', () => {
    for (const place of ['remote', 'b1'] as const) {
      for (const protocol of ['tcp', 'udp'] as const) {
        const begun = performance.now();
        assert.equal(lab.ask(place, protocol, host6, 8080), '');
        if (protocol === 'tcp') assert.ok(performance.now() - begun < 390, 'a client that waits does not try IPv4');
      }
      const text = lab.run(place, 'sh', '-c', `socat -t0.4 - TCP6:[${host6}]:8080,connect-timeout=2 2>&1 || true`);
      assert.match(text, /Connection refused/);
    }
    assert.ok(firewall.drops()['family']!.packets >= 4);
  });

  test('gives a client that has said all it has to say the rest of the answer', () => {
    const answer = lab.run('engine', 'sh', '-c', 'printf hello | socat -t2 - TCP6:[::1]:8080; echo end');
    assert.match(answer, /ffff:c000:0201\]\nend/);
  });
});

/** The first line that a process in the engine's namespace prints. */
async function answerOf(lab: FirewallLab, ...command: readonly string[]): Promise<readonly PublishedPort[]> {
  const child = lab.start('engine', ...command);
  for await (const chunk of child.stdout!) return JSON.parse(String(chunk)) as readonly PublishedPort[];
  throw new Error('the holder of the ports ended');
}
