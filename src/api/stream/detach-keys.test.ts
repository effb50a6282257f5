import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { DetachFilter, parseDetachKeys } from './detach-keys.ts';

test('parseDetachKeys() reads control keys, plain keys and lists', () => {
  assert.deepEqual([...parseDetachKeys('')], [16, 17]);
  assert.deepEqual([...parseDetachKeys('ctrl-a')], [1]);
  assert.deepEqual([...parseDetachKeys('ctrl-@,ctrl-[,ctrl-_,q')], [0, 27, 31, 113]);
  for (const bad of ['ctrl-', 'ctrl-A', 'ab', 'ctrl-p,', 'é'])
    assert.throws(() => parseDetachKeys(bad), /Invalid detach keys/);
});

/** What comes out, and whether the keys were seen. */
async function through(keys: string, pieces: readonly string[]): Promise<{ out: string; detached: boolean }> {
  let detached = false;
  const filter = new DetachFilter(Buffer.from(keys), () => {
    detached = true;
  });
  for (const piece of pieces) filter.write(piece);
  filter.end();
  let out = '';
  for await (const part of filter) out += String(part);
  await turn();
  return { out, detached };
}

for (const [name, keys, pieces, out, detached] of [
  ['passes other input on', 'pq', ['abc', 'def'], 'abcdef', false],
  ['sees the keys in one piece', 'pq', ['abpqcd'], 'ab', true],
  ['sees the keys across pieces', 'pq', ['ab', 'p', 'q', 'x'], 'ab', true],
  ['gives back what was held when the row breaks', 'pq', ['p', 'x', 'p'], 'pxp', false],
  ['starts again inside a broken row', 'aab', ['a', 'aa', 'b'], 'a', true],
  ['takes a single key', 'q', ['xq'], 'x', true],
] as const) {
  test(`DetachFilter ${name}`, async () => {
    assert.deepEqual(await through(keys, pieces), { out, detached });
  });
}
