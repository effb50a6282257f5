import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineForFile } from './engine.ts';

const cache = mkdtempSync(join(tmpdir(), 'ptl-cache-'));
before(() => {
  process.env['NODE_COMPILE_CACHE'] = cache; // empty: as at the first start of a new version
});
after(() => rmSync(cache, { recursive: true, force: true }));
const bench = engineForFile();

/** Proportional set size: shared pages are counted once over all that share them. */
const pssMiB = (pid: number): number =>
  Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1]) / 1024;

test('an engine at rest is small, also when it was never started before', async () => {
  const { engine } = bench;
  await engine.ok('run', '--rm', 'busybox', 'true');
  await sleep(1000);
  const found = pssMiB(engine.pid);
  assert.ok(found < 77, `the engine takes ${found.toFixed(1)} MiB`);
});
