import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';

const bench = engineForFile();
const node = resolve(import.meta.dirname, '../../bin/node24');

async function holds(name: string): Promise<void> {
  const program = join(import.meta.dirname, 'programs', name);
  // Its reaper is an image of a registry, which a lab does not reach.
  const env = { ...bench.engine.environment, TESTCONTAINERS_RYUK_DISABLED: 'true' };
  assert.match(await bench.host.must(node, [program], { env, timeoutMs: 120_000 }), /all held/);
}

test('testcontainers starts services, waits for them, and reaches them by their ports and names', async () => {
  await leavesNothing(bench.engine, () => holds('testcontainers.ts'));
});

test('testcontainers builds, copies files both ways, commits, reuses, and waits by other signs', async () => {
  await leavesNothing(bench.engine, async () => {
    await holds('testcontainers-images.ts');
    await bench.engine.ok('rmi', 'tc-built:1', 'tc-committed:1');
  });
});
