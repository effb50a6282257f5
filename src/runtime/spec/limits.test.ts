import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpecJson, specJson } from './json.ts';
import { parseHardLimits, rlimitsOf } from './limits.ts';

const text = [
  'Limit                     Soft Limit           Hard Limit           Units     ',
  'Max cpu time              unlimited            unlimited            seconds   ',
  'Max open files            1024                 20000                files     ',
  'Max nice priority         0                    0                    ',
].join('\n');

test('parseHardLimits: the kernel’s table, by the names of ulimit', () => {
  assert.deepEqual(parseHardLimits(text), { cpu: Number.POSITIVE_INFINITY, nofile: 20000, nice: 0 });
});

test('rlimitsOf: none above the engine’s own, unless it may raise them; -1 is no limit', () => {
  const asked = [{ name: 'nofile', soft: -1, hard: -1 }];
  const own = parseHardLimits(text);
  const least = [{ name: 'nofile', soft: 100, hard: 20000 }];
  assert.deepEqual(rlimitsOf(least, own, false), [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 20000 }]);
  assert.throws(() => rlimitsOf(asked, own, false), {
    kind: 'invalid',
    message: /^ulimit nofile=-1:-1 is above what this engine may give, a hard limit of 20000: /,
  });
  const free = rlimitsOf(asked, own, true);
  assert.equal(specJson(free), '[{"type":"RLIMIT_NOFILE","soft":18446744073709551615,"hard":18446744073709551615}]');
  assert.deepEqual(parseSpecJson(specJson(free)), free);
});
