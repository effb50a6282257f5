import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const docker = (...args: readonly string[]): Promise<string> => bench.engine.ok(...args);

test('prune passes over what is started or removed meanwhile, and tells what it removed', async () => {
  await leavesNothing(bench.engine, async () => {
    const names = Array.from({ length: 12 }, (_, n) => `idle${n}`);
    const ids = await Promise.all(names.map((name) => docker('create', '--name', name, 'busybox', 'sleep', '600')));
    // The last that prune comes to, newest first, are started and removed while it is at the others.
    const oldest = (await docker('ps', '-aq', '--no-trunc')).split('\n').reverse();
    const [pruned] = await Promise.all([
      docker('container', 'prune', '-f'),
      bench.engine.docker('start', ...oldest.slice(0, 3)),
      bench.engine.docker('rm', ...oldest.slice(3, 6)),
    ]);
    const left = (await docker('ps', '-aq', '--no-trunc')).split('\n').filter((id) => id !== '');
    const told = ids.filter((id) => pruned.includes(id));
    for (const id of told) assert.ok(!left.includes(id));
    assert.ok(left.every((id) => oldest.slice(0, 3).includes(id)));
    if (left.length > 0) await docker('rm', '-f', ...left);
  });
});

test('what ends while it is asked for its statistics, or for a process in it, is told not to run', async () => {
  await leavesNothing(bench.engine, async () => {
    for (let round = 0; round < 8; round++) {
      await docker('run', '-d', '--name', 'brief', 'busybox', 'sleep', '0.25');
      const asked = Array.from({ length: 12 }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, 20 * n));
        const path = n % 2 ? 'stats?stream=false&one-shot=true' : 'top';
        const url = `http://engine/containers/brief/${path}`;
        return bench.host.must('curl', ['-s', '-w', ' %{http_code}', '--unix-socket', bench.engine.socket, url]);
      });
      const execs = Array.from({ length: 4 }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, 60 * n));
        return bench.engine.docker('exec', 'brief', 'true');
      });
      for (const answer of await Promise.all(asked)) assert.match(answer, / (200|409)$/);
      for (const { code, stdout, stderr } of await Promise.all(execs)) {
        if (code !== 0 && code !== 137) assert.match(stdout + stderr, /is not running/, String(code));
      }
      await docker('rm', '-f', 'brief');
    }
  });
});
