import assert from 'node:assert/strict';
import { test } from 'node:test';
import { familiar, parseReference, withTag } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

for (const [text, expected] of [
  ['busybox', 'busybox:latest'],
  ['busybox:1.36', 'busybox:1.36'],
  ['docker.io/library/busybox', 'busybox:latest'],
  ['index.docker.io/busybox', 'busybox:latest'],
  ['docker.io/me/app:v1', 'me/app:v1'],
  ['library/busybox', 'busybox:latest'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/a/b__c:T-1', 'localhost:5000/a/b__c:T-1'],
  ['[::1]:5000/app', '[::1]:5000/app:latest'],
  ['Example.com/app', 'Example.com/app:latest'],
  [`busybox@${digest}`, `busybox@${digest}`],
] as const) {
  test(`familiar() shows ${text} as ${expected}`, () => {
    assert.equal(familiar(withTag(parseReference(text))), expected);
  });
}

for (const [text, message] of [
  ['', 'invalid reference format'],
  ['a//b', 'invalid reference format'],
  ['-busybox', 'invalid reference format'],
  ['busybox:', 'invalid reference format'],
  ['busybox:-x', 'invalid reference format'],
  [`busybox:${'t'.repeat(129)}`, 'invalid reference format'],
  ['a b', 'invalid reference format'],
  ['../etc', 'invalid reference format'],
  ['busybox@sha256:1234', 'invalid reference format'],
  ['Busybox', 'invalid reference format: repository name (library/Busybox) must be lowercase'],
  ['me/App:v1', 'invalid reference format: repository name (me/App) must be lowercase'],
  ['a'.repeat(256), 'repository name must not be more than 255 characters'],
  ['b'.repeat(64), `invalid repository name (${'b'.repeat(64)}), cannot specify 64-byte hexadecimal strings`],
] as const) {
  test(`parseReference() refuses ${JSON.stringify(text.slice(0, 30))} with Docker's text`, () => {
    assert.throws(() => parseReference(text), { kind: 'invalid', message });
  });
}

test('familiar() keeps "library/" where dropping it would change the meaning', () => {
  assert.equal(familiar(parseReference('docker.io/library/a/b:1')), 'library/a/b:1');
});
