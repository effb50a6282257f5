import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openScaleLab, type ScaleLab } from '../lab/scale-lab.ts';

const root = { skip: process.getuid?.() === 0 ? false : 'needs root' };

/**
 * What something costs where there are many against where there are few, done in turns, so that other work on the machine
 * disturbs both alike; of each the least disturbed.
 */
async function ratio(many: ScaleLab, few: ScaleLab, once: (lab: ScaleLab) => Promise<number>): Promise<number> {
  const times = { many: [] as number[], few: [] as number[] };
  for (let round = 0; round < 25; round++) {
    times.few.push(await once(few));
    times.many.push(await once(many));
  }
  return Math.min(...times.many) / Math.min(...times.few);
}

test('a network beside 400, and a container beside 100 on its network, cost what the first did', root, async () => {
  await using many = await openScaleLab();
  await using few = await openScaleLab();
  await many.networks(400);
  await few.networks(1);
  const links = JSON.parse(many.run('ip', '-j', 'link', 'show', 'type', 'bridge')) as unknown[];
  assert.equal(links.length, 401, 'a bridge for each, and the default one');
  assert.equal(
    new Set(many.network.networks().flatMap(({ ipam }) => ipam.pools.map(({ subnet }) => subnet))).size,
    401,
  );
  const networks = await ratio(many, few, (lab) => lab.createAndRemove(1));
  assert.ok(networks < 1.5, `network create and rm: ×${networks}`);
  await many.containers(100);
  const containers = await ratio(many, few, (lab) => lab.upAndDown(1));
  assert.ok(containers < 1.5, `sandbox up and down: ×${containers}`);
  const { id } = many.network.network('n0');
  const addresses = many.network.endpointsIn(id).map(({ lease }) => lease?.ipv4);
  assert.equal(new Set(addresses).size, 100);
  assert.deepEqual(await many.network.repair(), { restored: [], removed: [] });
});
