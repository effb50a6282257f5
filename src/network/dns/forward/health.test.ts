import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Health } from './health.ts';

test('Health puts a server that failed twice in a row behind the others for a while, or until it answers', () => {
  let now = 0;
  const health = new Health(() => now);
  const servers = ['a', 'b', 'c'];
  assert.deepEqual(health.order(servers), servers);
  health.unwell('a');
  assert.deepEqual(health.order(servers), servers);
  health.unwell('a');
  assert.deepEqual(health.order(servers), ['b', 'c', 'a']);
  health.unwell('b');
  health.well('b');
  health.unwell('b');
  assert.deepEqual(health.order(servers), ['b', 'c', 'a']);
  health.unwell('b');
  assert.deepEqual(health.order(servers), ['c', 'a', 'b']);
  health.well('a');
  assert.deepEqual(health.order(servers), ['a', 'c', 'b']);
  now = 10_001;
  assert.deepEqual(health.order(servers), servers);
});
