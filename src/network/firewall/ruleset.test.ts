import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropReasons } from './drops.ts';
import { guardScript, rulesetScript } from './ruleset.ts';

test('rulesetScript() names and counts every drop, and comments why', () => {
  const script = rulesetScript('inet', 'portolan');
  const drops = script.split('\n').filter((line) => / (drop|reject)\b/.test(line));
  for (const line of drops)
    assert.match(line, /counter name (\w+) (?:drop|reject|reject with tcp reset) comment "\1: /);
  for (const reason of Object.keys(dropReasons)) {
    assert.ok(script.includes(`counter ${reason} { }`), reason);
    assert.ok(
      drops.some((line) => line.includes(`counter name ${reason} `)),
      reason,
    );
  }
});

test('rulesetScript() touches its own table only, and never the policy of a hook', () => {
  const script = rulesetScript('inet', 'other');
  assert.ok(script.startsWith('table inet other\ndelete table inet other\ntable inet other {\n'));
  assert.doesNotMatch(script, /flush|policy drop/);
  assert.equal(script.match(/policy accept/g)!.length, 5);
});

test('guardScript() says for which families the host forwards for containers only', () => {
  assert.equal(guardScript('t', []), 'flush set inet t guarded\n');
  assert.match(guardScript('t', [4, 6]), /add element inet t guarded { ipv4 }\nadd element inet t guarded { ipv6 }/);
  assert.ok(rulesetScript('inet', 't').includes('meta nfproto @guarded counter name foreign drop'));
});
