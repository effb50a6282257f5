import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from './refusal.ts';

test('refusal() takes the kernel errno from the words of nft and quotes a one-line script', () => {
  const script = 'create element inet p s { a }';
  const error = refusal(script, `Error: Could not process rule: File exists\n${script}\n                ^^^\n`);
  assert.deepEqual([error.code, error.message], ['EEXIST', `nft: EEXIST: File exists: ${script}`]);
});

test('refusal() calls what nft itself refuses invalid', () => {
  assert.equal(refusal('nonsense', 'Error: syntax error, unexpected newline\nnonsense\n^\n').code, 'EINVAL');
});

test('refusal() does not quote a script of many lines, since nft shows the first whatever it means', () => {
  const error = refusal('add table inet p\nfoo', 'Error: syntax error\nadd table inet p\n^\n');
  assert.equal(error.message, 'nft: EINVAL: syntax error');
});

test('refusal() shows so much of a long script that the marked place is in it', () => {
  const script = `add element inet p s { ${'a, '.repeat(200)}WRONG, ${'b, '.repeat(200)} }`;
  const marks = `${' '.repeat(script.indexOf('WRONG'))}^`;
  const { message } = refusal(script, `Error: bad\n${script}\n${marks}\n`);
  assert.match(message, /^nft: EINVAL: bad: ….*WRONG.*…$/);
  assert.ok(message.length < 160);
});

test('refusal() has a sentence when nft has none', () => {
  assert.equal(refusal('x', '').message, 'nft: EINVAL: refused without a word: x');
});
