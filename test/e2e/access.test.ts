import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AccessMatrix } from './access/matrix.ts';
import { engineForFile } from './engine.ts';

const bench = engineForFile();

/**
 * Each line a network and a client; each word a target and the client's address as the server saw it: `own`, that of the
 * network's `gateway`, of the engine's `host`, or its `second` one. docs/differences.md says where Docker 28 has another.
 */
const table = join(import.meta.dirname, '../golden/access.txt');

test('who reaches whom, and under which address, in every kind of bridge network', async () => {
  const { engine, host, outside } = bench;
  const matrix = new AccessMatrix(engine.socket, host, outside, '192.0.2.200');
  await matrix.build();
  if (process.env['UPDATE'] === '1') writeFileSync(table, `${(await matrix.measure(3000)).join('\n')}\n`);
  const wanted = readFileSync(table, 'utf8').trim().split('\n');
  const hasty = await matrix.measure(600);
  // On a machine that is busy an answer may be late.
  const found = hasty.every((line, at) => line === wanted[at]) ? hasty : await matrix.measure(4000);
  assert.deepEqual(found, wanted);
});
