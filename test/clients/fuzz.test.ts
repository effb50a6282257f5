import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { engineForFile } from '../e2e/engine.ts';
import { ask, requests } from './fuzz/requests.ts';

const bench = engineForFile();
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_126);
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 1500);

test(`whatever is asked, the engine lives, answers in time, and takes no mistake for its own (FUZZ_SEED=${seed})`, async () => {
  const { engine } = bench;
  await engine.ok('network', 'create', 'wire');
  await engine.ok('volume', 'create', 'held');
  await engine.ok('run', '-d', '--name', 'kept', '--network', 'wire', '-v', 'held:/data', 'busybox', 'sleep', '100000');
  const { pid } = engine;
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const { status, text } = await ask(engine.socket, request);
      assert.ok(status >= 200 && status !== 500, `${status} ${text}`);
    }),
    { seed, numRuns, endOnFailure: true },
  );
  process.kill(pid, 0);
  assert.equal(await engine.ok('inspect', '-f', '{{.State.Running}}', 'kept'), 'true');
});
