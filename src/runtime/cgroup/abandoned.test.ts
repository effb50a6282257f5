import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeAbandoned } from './abandoned.ts';

test('removeAbandoned() takes old empty groups of engines, and leaves young, used and foreign ones', async (t) => {
  const hierarchy = mkdtempSync(join(tmpdir(), 'portolan-groups-'));
  t.after(() => rmSync(hierarchy, { recursive: true }));
  for (const group of ['portolan', 'portolan-0a1b2c3d/conmon', 'portolan-ffffffff/used', 'portolan-x', 'docker'])
    mkdirSync(join(hierarchy, group), { recursive: true });
  await removeAbandoned({ hierarchies: [hierarchy, '/nonexistent'] });
  assert.equal(readdirSync(hierarchy).length, 5);
  await removeAbandoned({ hierarchies: [hierarchy] }, Date.now() + 61_000);
  assert.deepEqual(readdirSync(hierarchy).sort(), ['docker', 'portolan-ffffffff', 'portolan-x']);
});
