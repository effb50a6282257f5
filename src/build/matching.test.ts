import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildArgs, unusedArgs } from './args.ts';
import { goMatch } from './go-match.ts';
import { ignores } from './ignore.ts';

test('goMatch() matches as path/filepath.Match does', () => {
  for (const [pattern, path] of [
    ['a*.t?t', 'abc.txt'],
    ['*/x', 'd/x'],
    ['[a-c][^x]', 'by'],
    ['\\*', '*'],
    ['a+(b)', 'a+(b)'],
    ['[\\]]', ']'],
  ] as const) {
    assert.ok(goMatch(pattern)(path), pattern);
  }
  for (const [pattern, path] of [
    ['*', 'a/b'],
    ['?', '/'],
    ['[^a]', 'a'],
    ['a', 'ab'],
  ] as const) {
    assert.ok(!goMatch(pattern)(path), pattern);
  }
  assert.throws(() => goMatch('[a'), { message: 'syntax error in pattern: [a' });
});

test('ignores() knows folders, "**" and exceptions, the last rule that fits wins', () => {
  const ignored = ignores('# c\n*.log\n!keep.log\n**/node_modules\nsub/\n/top\n');
  const left = ['a.log', 'x/node_modules/y', 'sub', 'sub/f', 'top'];
  const kept = ['keep.log', 'sub2', 'x/a.log', 'x/top', 'Sub'];
  assert.deepEqual([...left, ...kept].filter(ignored), left);
});

test('build arguments: declared, given, from before FROM; variables hide them; proxies need no ARG', () => {
  const args = new BuildArgs(
    new Map([
      ['GIVEN', 'g'],
      ['UNSET', null],
      ['http_proxy', 'p'],
      ['STRAY', 's'],
    ]),
    new Map([['GLOBAL', 'x']]),
  );
  assert.deepEqual([...args.active([])], [['http_proxy', 'p']]);
  assert.deepEqual(args.told([]), []);
  for (const [name, value] of [
    ['GIVEN', 'd'],
    ['DEFAULT', 'd'],
    ['GLOBAL', undefined],
    ['NOTHING', undefined],
  ] as const)
    args.declare(name, value);
  assert.deepEqual(args.told([]), ['DEFAULT=d', 'GIVEN=g', 'GLOBAL=x']);
  assert.deepEqual(args.told(['GIVEN=env']), ['DEFAULT=d', 'GLOBAL=x']);
  assert.deepEqual(
    unusedArgs(
      new Map([
        ['STRAY', 's'],
        ['http_proxy', 'p'],
        ['GIVEN', 'g'],
      ]),
      new Set(['GIVEN']),
    ),
    ['STRAY'],
  );
});
