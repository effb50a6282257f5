import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf, targetOf } from './names.ts';

for (const [name, path] of [
  ['a/b', '/a/b'],
  ['./a/./b/', '/a/b'],
  ['/etc/passwd', '/etc/passwd'],
  ['a/../b', '/b'],
  ['./', '/'],
  ['caf\xe9', '/caf\xe9'],
] as const) {
  test(`pathOf() reads ${JSON.stringify(name)} as ${path}`, () => assert.equal(pathOf(name), path));
}

for (const name of ['../x', 'a/../../x', '/../x', '..', `${'d/'.repeat(2100)}x`]) {
  test(`pathOf() refuses ${name.slice(0, 12)}`, () => {
    assert.throws(() => pathOf(name), { kind: 'invalid', message: /^invalid archive: / });
  });
}

for (const [name, target] of [
  ['etc/.wh.passwd', { kind: 'whiteout', path: '/etc/passwd' }],
  ['.wh.top', { kind: 'whiteout', path: '/top' }],
  ['etc/.wh..wh..opq', { kind: 'opaque', path: '/etc' }],
  ['.wh..wh.plnk/1.2', { kind: 'entry', path: '/.wh..wh.plnk/1.2' }],
  ['.wh..wh.aufs', { kind: 'skip' }],
  ['.when', { kind: 'entry', path: '/.when' }],
] as const) {
  test(`targetOf() takes ${name} for ${target.kind}`, () => assert.deepEqual(targetOf(name), target));
}

for (const name of ['.wh.', 'a/.wh..', 'a/.wh...']) {
  test(`targetOf() refuses the whiteout ${name}, which would hide a folder's own entry`, () => {
    assert.throws(() => targetOf(name), { kind: 'invalid' });
  });
}
