import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from '../engine.ts';
import { examplesOf, matches } from './examples.ts';

const bench = engineForFile();
const root = resolve(import.meta.dirname, '../../..');

test('the first network with IPv6 turns forwarding on, and that stays', async () => {
  await bench.engine.ok('network', 'create', '--ipv6', 'first');
  await bench.engine.ok('network', 'rm', 'first');
});

/** Every page shows what it says, in order, on an engine of Portolan's, and takes away what it made. */
for (const page of globSync('docs/manual/*.md', { cwd: root }).sort()) {
  const examples = examplesOf(readFileSync(join(root, page), 'utf8'));
  if (examples.length === 0) continue;
  test(`${page}: ${examples.length} examples`, async () => {
    const { engine, host } = bench;
    const folder = mkdtempSync(join(tmpdir(), 'ptl-manual-'));
    const env = { ...engine.environment, PATH: `${join(root, 'bin')}:${process.env['PATH']}`, DOCKER_BUILDKIT: '0' };
    try {
      await leavesNothing(engine, async () => {
        for (const { command, expected } of examples) {
          const { stdout, code } = await host.exec('sh', ['-c', `cd ${folder}; exec 2>&1\n${command}`], { env });
          assert.ok(
            code === 0 || expected.some((line) => /error|100% packet loss/i.test(line)),
            `$ ${command}: exit code ${code}\n${stdout}`,
          );
          assert.ok(
            matches(expected, stdout),
            `$ ${command}\n--- the page says\n${expected.join('\n')}\n--- seen\n${stdout}`,
          );
        }
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
