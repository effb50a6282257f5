import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDelayMs, shouldRestart, startsWithEngine } from './restart-policy.ts';

const died = { exitCode: 1, stoppedByUser: false, restartCount: 0 };
for (const c of [
  { name: 'no policy', policy: 'no', facts: died, want: false },
  { name: 'always, clean exit', policy: 'always', facts: { ...died, exitCode: 0 }, want: true },
  { name: 'always, stopped by the user', policy: 'always', facts: { ...died, stoppedByUser: true }, want: false },
  { name: 'unless-stopped, crash', policy: 'unless-stopped', facts: died, want: true },
  { name: 'on-failure, clean exit', policy: 'on-failure', facts: { ...died, exitCode: 0 }, want: false },
  {
    name: 'on-failure, below the maximum',
    policy: 'on-failure',
    max: 3,
    facts: { ...died, restartCount: 2 },
    want: true,
  },
  {
    name: 'on-failure, maximum reached',
    policy: 'on-failure',
    max: 3,
    facts: { ...died, restartCount: 3 },
    want: false,
  },
]) {
  test(`shouldRestart() ${c.name}`, () => {
    assert.equal(shouldRestart({ Name: c.policy, MaximumRetryCount: c.max ?? 0 }, c.facts), c.want);
  });
}

test('nextDelayMs() doubles up to a minute and starts again after a healthy run', () => {
  const delays = [0, 1, 2, 3].reduce<number[]>((all) => [...all, nextDelayMs(all.at(-1) ?? 0, 5)], []);
  assert.deepEqual(delays, [100, 200, 400, 800]);
  assert.equal(nextDelayMs(48_000, 5), 60_000);
  assert.equal(nextDelayMs(48_000, 10_000), 100);
});

test('startsWithEngine() takes up what always runs, and what nobody stopped', () => {
  const starts = (Name: string, stopped: boolean): boolean => startsWithEngine({ Name, MaximumRetryCount: 0 }, stopped);
  assert.deepEqual(
    ['no', 'on-failure', 'unless-stopped', 'always'].map((name) => [starts(name, false), starts(name, true)]),
    [
      [false, false],
      [false, false],
      [true, false],
      [true, true],
    ],
  );
});
