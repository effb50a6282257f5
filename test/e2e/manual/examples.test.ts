import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examplesOf, matches } from './examples.ts';

test('examplesOf() reads commands and what they print', () => {
  const page = '# A\n\n```console\n$ a \\\n    b\none\n\ntwo\n$ c\n```\n\n```sh\nnot run\n```\n\n- in a list\n';
  assert.deepEqual(examplesOf(page), [
    { command: 'a \\\n    b', expected: ['one', '', 'two'] },
    { command: 'c', expected: [] },
  ]);
  assert.throws(() => examplesOf('```console\nprinted\n```'), /begins with a command/);
});

test('matches() takes … for anything', () => {
  const table = [
    [['hello'], 'hello\n', true],
    [['hello'], 'hello', true],
    [['hello'], 'hello\nmore\n', false],
    [[], '', true],
    [[], 'noise\n', false],
    [['a … c'], 'a b c\n', true],
    [['NAME  ID'], 'NAME      ID\n', true],
    [['first', '…', 'last'], 'first\nlast\n', true],
    [['first', '…', 'last'], 'first\n1\n2\nlast\n', true],
    [['first', '…'], 'second\n', false],
    [['a.c'], 'abc\n', false],
  ] as const;
  for (const [expected, printed, result] of table) {
    assert.equal(matches(expected, printed), result, `${expected.join('|')} ~ ${printed}`);
  }
});
