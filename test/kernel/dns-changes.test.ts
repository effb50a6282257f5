import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const node = resolve(import.meta.dirname, '../../bin/node24');
const program = resolve(import.meta.dirname, 'dns/asker.ts');
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(containerId) as [string, string, string, string];

type Outcome = { readonly asked: number; readonly lost: number; readonly answers: readonly string[] };

/** Asks from the sandbox, on and on, while `meanwhile` runs. */
async function askedWhile(lab: NetworkLab, id: string, name: string, meanwhile: () => Promise<void>): Promise<Outcome> {
  const netns = `--net=${lab.network.sandboxOf(id)!.netnsPath}`;
  const child = spawn('nsenter', [netns, node, program, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  assert.deepEqual(await once(lines, 'line'), ['ready']);
  try {
    await meanwhile();
  } finally {
    child.stdin.end();
  }
  const [json] = (await once(lines, 'line')) as [string];
  return JSON.parse(json) as Outcome;
}

test('no question goes without its answer while networks, containers and names come and go', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('front'));
  await lab.up(b, ['front']);
  await lab.up(a, ['front']);
  const address = lab.address(b, 'front');
  const { asked, lost, answers } = await askedWhile(lab, a, 'c-bbbb', async () => {
    for (let round = 0; round < 6; round++) {
      await lab.network.createNetwork(networkCreate('side'));
      await Promise.all([lab.up(c, ['front', 'side']), lab.up(d, ['bridge'])]);
      await lab.network.connect(a, 'side', endpoint({ aliases: ['x'] }));
      await lab.network.rename(c, `renamed${round}`, 'c-cccc');
      await lab.network.disconnect(a, 'side');
      await Promise.all([lab.network.forget(c), lab.network.forget(d)]);
      await lab.network.removeNetwork('side');
      if (round === 3) await lab.network.repair();
    }
  });
  t.diagnostic(`${asked} questions`);
  assert.deepEqual({ lost, answers }, { lost: 0, answers: [address] });
  assert.ok(asked > 1000, `${asked} questions`);
});
