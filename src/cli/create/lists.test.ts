import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { environment, labels } from './lists.ts';

function fileOf(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-lists-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'list');
  writeFileSync(path, text);
  return path;
}

test('environment() reads files first, leaves comments out, and takes values from our own variables', (t) => {
  const file = fileOf(t, '\uFEFF# comment\nA=1\n\n  B=two words \nHOME\nUNKNOWN\r\n');
  const env = { HOME: '/root', EDITOR: 'vi' };
  assert.deepEqual(environment([file], ['C=3', 'EDITOR', 'GONE'], env), [
    'A=1',
    'B=two words ',
    'HOME=/root',
    'C=3',
    'EDITOR=vi',
    'GONE',
  ]);
});

test('environment() refuses names with blanks and without letters', (t) => {
  assert.throws(() => environment([fileOf(t, 'a b=1\n')], [], {}), /variable 'a b' contains whitespaces/);
  assert.throws(() => environment([], ['=1'], {}), /invalid environment variable: =1/);
});

test('labels() lets the command line win over files', (t) => {
  assert.deepEqual(labels([fileOf(t, 'a=1\nb\n')], ['a=2', 'c=x=y']), { a: '2', b: '', c: 'x=y' });
});
