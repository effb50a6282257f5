import assert from 'node:assert/strict';
import { test } from 'node:test';
import { telling } from './progress.ts';

test('telling() stops its work at once when the client is gone, also while nothing is told', {
  timeout: 5000,
}, async () => {
  const gone = new AbortController();
  const begun = Promise.withResolvers<void>();
  let stopped = false;
  const lines = telling(async (_tell, signal) => {
    begun.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    stopped = true;
    signal.throwIfAborted();
  }, gone.signal);
  const next = lines.next();
  await begun.promise;
  gone.abort();
  await assert.rejects(next, { name: 'AbortError' });
  assert.equal(stopped, true);
});
