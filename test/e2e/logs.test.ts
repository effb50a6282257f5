import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const sized = ['--log-opt', 'max-size=20k', '--log-opt', 'max-file=3'];
/** Ten lines of 100 characters every 20 ms: 50 kB a second, so 20 kB are full after less than half of one. */
const talker =
  'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); printf "%0100d\\n" $i; [ $((i%10)) = 0 ] && sleep 0.02; done';

const numbers = (text: string): number[] => text.trim().split('\n').map(Number);
/** Every number between the first one and the last, once and in order. */
function isWhole(seen: readonly number[], first: number, last: number): void {
  assert.deepEqual(
    seen,
    Array.from({ length: last - first + 1 }, (_, n) => first + n),
  );
}

test('a log of several files loses its oldest lines only; a follower loses none', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'talks', ...sized, 'busybox', 'sh', '-c', talker);
    const log = await engine.ok('inspect', '-f', '{{.LogPath}}', 'talks');
    const files = async () => (await readdir(dirname(log))).filter((name) => name.includes('.log')).length;
    await until('three files', async () => (await files()) === 3);
    const followed = await engine.docker('logs', '-f', '--tail', '10', 'talks');
    const lines = numbers(followed.stdout);
    isWhole(lines, lines[0]!, 2000);
    const kept = numbers(await engine.ok('logs', 'talks'));
    isWhole(kept, kept[0]!, 2000);
    assert.ok(kept[0]! > 1, 'the oldest lines are gone');
    assert.ok(kept.length > 400, `what fits three files is kept, not ${kept.length} lines`);
    assert.equal(await files(), 3);
    assert.deepEqual(numbers(await engine.ok('logs', '--tail', '300', 'talks')), kept.slice(-300));
    await engine.ok('rm', 'talks');
  });
});

test('an engine that takes a container up goes on putting its log aside', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'goes-on', ...sized, 'busybox', 'sh', '-c', talker);
  await engine.kill9();
  await engine.launch();
  await engine.ok('wait', 'goes-on');
  const kept = numbers(await engine.ok('logs', 'goes-on'));
  isWhole(kept, kept[0]!, 2000);
  assert.ok(kept[0]! > 1, 'the oldest lines are gone');
  await engine.ok('rm', 'goes-on');
});
