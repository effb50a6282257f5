import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Listing, ruleCountsIn } from '../../src/network/firewall/listing.ts';
import type { PortRequest } from '../../src/store/records.ts';
import { containerId, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const networks = 500;
const ports = 5_000;

const port = (number: number): PortRequest => ({
  protocol: 'tcp',
  containerPort: 80,
  hostIp: '198.51.100.1',
  hostPortFirst: number,
  hostPortLast: number,
});

/** Chain by chain; -t leaves out what is in the sets. */
function rules(lab: NetworkLab): ReadonlyMap<string, number> {
  const { nftables } = JSON.parse(lab.nft('-jt', 'list', 'table', 'inet', 'portolan-lab')) as { nftables: Listing };
  const counts = ruleCountsIn(nftables);
  assert.ok(counts.size >= 8 && (counts.get('forward') ?? 0) > 10, 'the table is not there');
  return counts;
}

const elements = (lab: NetworkLab, set: string): number => {
  const { nftables } = JSON.parse(lab.nft('-j', 'list', 'set', 'inet', 'portolan-lab', set));
  return nftables.find((entry: Listing[number]) => entry['set'] !== undefined).set.elem.length;
};

test('the table has the same rules with one network and port as with 500 networks and 5,000 ports', async (t) => {
  const lab = await NetworkLab.start(t);
  const empty = rules(lab);
  lab.ip('address add 198.51.100.1/32 dev lo');
  await lab.network.createNetwork(networkCreate('n0'));
  await lab.up(containerId('a'), ['n0'], { ports: [port(10_000)] });
  assert.deepEqual(rules(lab), empty);

  const took: number[] = [];
  for (let i = 1; i < networks; i++) {
    const began = performance.now();
    const subnet = `10.${100 + (i >> 8)}.${i & 255}.0/24`;
    await lab.network.createNetwork(networkCreate(`n${i}`, { ipam: { driver: '', options: {}, pools: [{ subnet }] } }));
    took.push(performance.now() - began);
  }
  const many = Array.from({ length: ports - 1 }, (_none, i) => port(10_001 + i));
  const began = performance.now();
  await lab.up(containerId('b'), ['n1'], { ports: many });
  const publishing = performance.now() - began;
  const median = (times: readonly number[]): string =>
    `${times.toSorted((a, b) => a - b)[times.length >> 1]!.toFixed(1)} ms`;
  t.diagnostic(`a network: ${median(took.slice(0, 50))} at first, ${median(took.slice(-50))} at last`);
  t.diagnostic(`${ports - 1} ports: ${publishing.toFixed(0)} ms`);
  assert.equal(elements(lab, 'bridges'), networks + 1);
  assert.deepEqual(rules(lab), empty);
});
