import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropReasons, rulesByChain, rulesetScript, versionMark } from './ruleset.ts';

test('rulesetScript() names and counts every drop, and comments why', () => {
  const script = rulesetScript({ table: 'portolan', guardForeign: true });
  const drops = script.split('\n').filter((line) => / drop\b/.test(line));
  for (const line of drops) assert.match(line, /counter name (\w+) drop comment "\1: /);
  for (const reason of Object.keys(dropReasons)) {
    assert.ok(script.includes(`counter ${reason} { }`), reason);
    assert.ok(
      drops.some((line) => line.includes(`counter name ${reason} `)),
      reason,
    );
  }
});

test('rulesetScript() touches its own table only, and never the policy of a hook', () => {
  const script = rulesetScript({ table: 'other', guardForeign: false });
  assert.ok(script.startsWith('table inet other\ndelete table inet other\ntable inet other {\n'));
  assert.doesNotMatch(script, /flush|policy drop/);
  assert.equal(script.match(/policy accept/g)!.length, 5);
});

test('rulesetScript() guards foreign forwarding only when told so', () => {
  const foreign = 'iifname != @bridges oifname != @bridges counter name foreign drop';
  assert.ok(rulesetScript({ table: 't', guardForeign: true }).includes(foreign));
  assert.ok(!rulesetScript({ table: 't', guardForeign: false }).includes(foreign));
  assert.notEqual(versionMark(true), versionMark(false));
  assert.equal(rulesByChain(true).get('forward'), rulesByChain(false).get('forward'));
});
