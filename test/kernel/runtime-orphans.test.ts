import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { zombiesOf } from '../lab/processes.ts';
import { until } from '../lab/until.ts';
import { execOf, runtimeLab } from './runtime-lab.ts';

const skip = process.getuid?.() === 0 ? false : 'needs root';

const noZombies = (): Promise<void> => until('no zombie is left', () => zombiesOf(process.pid).length === 0);

test('what a failed exec leaves behind is reaped', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.run('one', ['sleep', '1000']);
  for (let n = 0; n < 5; n++) await assert.rejects(lab.exec('one', ['/nowhere']), { kind: 'invalid' });
  await noZombies();
});

// The first process of a pid namespace ends only when all others in it have been reaped, orphans of the runtime's too.
test('a container that is killed while something is started in it ends', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  for (let n = 0; n < 12; n++) {
    const id = `one${n}`;
    await lab.run(id, ['sleep', '1000']);
    const execs = Array.from({ length: 4 }, (_, k) => lab.runtime.exec(id, execOf(k % 2 ? ['/nowhere'] : ['true'])));
    const refusals = Promise.allSettled(execs);
    await new Promise((resolve) => setTimeout(resolve, 15 + 4 * n));
    await lab.runtime.kill(id, 9);
    assert.equal((await lab.runtime.exit(id)).code, 137);
    for (const [k, exec] of (await refusals).entries()) {
      if (exec.status === 'fulfilled') continue;
      // What could not be found may have been missed before the end.
      if (k % 2 === 0 || exec.reason.kind !== 'invalid')
        assert.equal(exec.reason.kind, 'conflict', String(exec.reason));
    }
    await lab.runtime.delete(id);
  }
  await noZombies();
});

test('children of others keep their exit codes', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.run('one', ['sleep', '1000']);
  const ended = once(spawn('sh', ['-c', 'sleep 0.2; exit 7']), 'exit');
  await assert.rejects(lab.exec('one', ['/nowhere']));
  const [code] = await ended;
  assert.equal(code, 7);
});
