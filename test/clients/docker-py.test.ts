import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';
import { run } from '../lab/command.ts';

const bench = engineForFile();
const program = join(import.meta.dirname, 'programs/docker_py.py');

test('docker-py does what its programs expect of it', async () => {
  await leavesNothing(bench.engine, async () => {
    const options = { env: bench.engine.environment, timeoutMs: 180_000 };
    const { code, stderr } = await run('/usr/bin/python3', ['-B', '-W', 'ignore', program, '--verbose'], options);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^Ran \d\d tests in/m);
  });
});
