import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';
import { macvlan, startPlugged } from './macvlan-lab.ts';

const [a, b, c] = ['a', 'b', 'c'].map(containerId) as [string, string, string];
const macs = { [b]: '02:00:00:00:00:0b', [c]: '02:00:00:00:00:0c' } as const;
/** What the kernel of a neighbour believes: "lladdr 02:…" of an address. */
const macIn = (neighbours: string): string | undefined => /lladdr (\S+)/.exec(neighbours)?.[1];

/** One container goes, another gets its addresses: the neighbour knows it without having asked. */
async function handOver(
  lab: NetworkLab,
  network: string,
  addresses: { readonly ipv4: string; readonly ipv6: string },
  neighbour: (command: string, ...args: string[]) => Promise<string>,
): Promise<void> {
  const all = Object.values(addresses);
  const come = async (id: string): Promise<void> => {
    await lab.network.connect(id, network, endpoint({ ...addresses, mac: macs[id]! }));
    await lab.network.sandboxUp(lab.sandbox(id));
  };
  const believed = async (): Promise<(string | undefined)[]> =>
    Promise.all(all.map(async (address) => macIn(await neighbour('ip', 'neigh', 'show', address))));
  await come(b);
  for (const address of all) await neighbour('ping', '-c1', '-W2', address);
  assert.deepEqual(await believed(), [macs[b], macs[b]]);
  await lab.network.sandboxDown(b);
  await come(c);
  await until(
    'the neighbour knows who has the addresses',
    async () => (await believed()).every((mac) => mac === macs[c]),
    {
      withinMs: 900, // before anything is announced a second time
    },
  );
}

test('on a bridge, a neighbour is told that an address went to another container', async (t) => {
  const lab = await NetworkLab.start(t);
  const pools = [{ subnet: '10.7.0.0/24' }, { subnet: 'fd00:7::/64' }];
  await lab.network.createNetwork(networkCreate('own', { ipv6: true, ipam: { driver: '', options: {}, pools } }));
  await lab.up(a, ['own']);
  const addresses = { ipv4: '10.7.0.9', ipv6: 'fd00:7::9' };
  await handOver(lab, 'own', addresses, (command, ...args) => lab.insideLater(a, command, ...args));
});

test('on a macvlan network, another machine of the segment is told', async (t) => {
  const { lab, far } = await startPlugged(t);
  const pools = [{ subnet: '192.0.2.0/24', ipRange: '192.0.2.128/26' }, { subnet: '2001:db8::/64' }];
  await lab.network.createNetwork({ ...macvlan('lan'), ipv6: true, ipam: { driver: '', options: {}, pools } });
  const addresses = { ipv4: '192.0.2.140', ipv6: '2001:db8::140' };
  await handOver(lab, 'lan', addresses, async (command, ...args) => far.run(command, ...args));
});
