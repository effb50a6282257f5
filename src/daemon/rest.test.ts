import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { onRest } from './rest.ts';

function work(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

test('onRest() calls once when work is over, and again after more work', async () => {
  let rests = 0;
  using _watch = onRest(async () => void rests++, 100);
  await sleep(350);
  assert.equal(rests, 1);
  for (let turn = 0; turn < 10; turn++) {
    work(20);
    await sleep(10);
  }
  assert.equal(rests, 1, 'not while it works');
  await sleep(350);
  assert.equal(rests, 2);
});
