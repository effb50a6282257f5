import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from './turns.ts';

test('who shares begins at once and overlaps; who is alone overlaps nobody', async () => {
  const turns = new Turns();
  let inside = 0;
  let most = 0;
  let lonely = true;
  const share = () =>
    turns.shared(async () => {
      most = Math.max(most, ++inside);
      await sleep(2);
      inside--;
    });
  const alone = () =>
    turns.alone(async () => {
      lonely &&= inside === 0;
      inside++;
      await sleep(2);
      lonely &&= inside === 1;
      inside--;
    });
  await Promise.all([share(), share(), alone(), share(), alone(), share(), share()]);
  assert.ok(lonely);
  assert.ok(most >= 2);
  assert.equal(inside, 0);
});

test('a body that throws gives its turn back', async () => {
  const turns = new Turns();
  const fail = async (): Promise<never> => Promise.reject(new Error('no'));
  await assert.rejects(turns.alone(fail));
  await assert.rejects(turns.shared(fail));
  assert.equal(await turns.alone(async () => 1), 1);
  assert.equal(await turns.shared(async () => 2), 2);
});
