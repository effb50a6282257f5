import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newState } from '../container/record.ts';
import { humanDuration, statusText } from './status-text.ts';

for (const [seconds, want] of [
  [0.4, 'Less than a second'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, 'About a minute'],
  [150, '2 minutes'],
  [3600, 'About an hour'],
  [7200, '2 hours'],
  [86400 * 3, '3 days'],
  [86400 * 21, '3 weeks'],
  [86400 * 100, '3 months'],
  [86400 * 800, '2 years'],
] as const) {
  test(`humanDuration() of ${seconds} s is "${want}"`, () => assert.equal(humanDuration(seconds), want));
}

const now = new Date('2030-01-01T00:10:00Z');
for (const c of [
  { state: { status: 'running', startedAt: '2030-01-01T00:08:00Z' }, want: 'Up 2 minutes' },
  { state: { status: 'paused', startedAt: '2030-01-01T00:09:55Z' }, want: 'Up 5 seconds (Paused)' },
  {
    state: { status: 'exited', exitCode: 137, finishedAt: '2030-01-01T00:00:00Z' },
    want: 'Exited (137) 10 minutes ago',
  },
  { state: { status: 'created' }, want: 'Created' },
] as const) {
  test(`statusText() of a container that is ${c.state.status}`, () => {
    assert.equal(statusText({ ...newState, ...c.state }, now), c.want);
  });
}
