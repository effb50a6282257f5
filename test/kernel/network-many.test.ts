import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openScaleLab, type Sample } from '../lab/scale-lab.ts';

const root = { skip: process.getuid?.() === 0 ? false : 'needs root' };

/** The last three tenths against the first three, each by what other work on the machine disturbed least. */
function ratio(samples: readonly Sample[]): number {
  const best = (some: readonly Sample[]): number => Math.min(...some.map(({ fastMs }) => fastMs));
  return best(samples.slice(-3)) / best(samples.slice(0, 3));
}

test('the 400th network and the 100th container on one cost what the first did', root, async () => {
  await using lab = await openScaleLab();
  const networks = await lab.networks(400);
  const links = JSON.parse(lab.run('ip', '-j', 'link', 'show', 'type', 'bridge')) as unknown[];
  assert.equal(links.length, 401, 'a bridge for each, and the default one');
  assert.equal(new Set(lab.network.networks().flatMap(({ ipam }) => ipam.pools.map(({ subnet }) => subnet))).size, 401);
  assert.ok(ratio(networks) < 1.5, `network create: ${JSON.stringify(networks)}`);
  const containers = await lab.containers(100);
  assert.ok(ratio(containers) < 1.5, `sandbox up: ${JSON.stringify(containers)}`);
  const { id } = lab.network.network('n0');
  const addresses = lab.network.endpointsIn(id).map(({ lease }) => lease?.ipv4);
  assert.equal(new Set(addresses).size, 100);
  assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] });
});
