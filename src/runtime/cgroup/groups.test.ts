import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { killAll } from './groups.ts';

for (const state of ['FROZEN', 'FREEZING']) {
  test(`killAll lets go of a group that is ${state}, or its processes would never die`, async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'portolan-groups-'));
    t.after(() => rmSync(root, { recursive: true }));
    const groups = { pids: join(root, 'pids'), freezer: join(root, 'freezer') };
    for (const folder of Object.values(groups)) mkdirSync(folder);
    const child = spawn('sleep', ['100']);
    await once(child, 'spawn');
    writeFileSync(join(groups.pids, 'cgroup.procs'), `${child.pid}\n`);
    writeFileSync(join(groups.freezer, 'freezer.state'), `${state}\n`);
    const [ended] = await Promise.all([once(child, 'exit'), killAll(groups)]);
    assert.deepEqual(ended, [null, 'SIGKILL']);
    assert.equal(readFileSync(join(groups.freezer, 'freezer.state'), 'utf8'), 'THAWED');
  });
}
