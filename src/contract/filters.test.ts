import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFilters, parseFilters } from './filters.ts';

test('parseFilters() reads both shapes, and nothing', () => {
  assert.deepEqual(parseFilters('{"label":["a=b","c"]}'), { label: ['a=b', 'c'] });
  assert.deepEqual(parseFilters('{"label":{"a=b":true,"c":true},"dangling":{"false":false}}'), {
    label: ['a=b', 'c'],
    dangling: [],
  });
  for (const none of ['', null, undefined, 'null', '{}']) assert.deepEqual(parseFilters(none), {});
});

test('parseFilters() refuses what is no object of lists', () => {
  for (const bad of ['x', '[]', '1', '{"a":1}', '{"a":[1]}']) {
    assert.throws(() => parseFilters(bad), { kind: 'invalid', message: /^invalid filter/ }, bad);
  }
});

test('checkFilters() names a key that is not known', () => {
  checkFilters({ label: [] }, ['label']);
  assert.throws(() => checkFilters({ lable: [] }, ['label']), { message: "invalid filter 'lable'" });
});
