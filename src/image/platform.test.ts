import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecture } from './document.ts';
import { parsePlatform, platformText } from './platform.ts';

for (const [text, want] of [
  ['', `linux/${architecture()}`],
  ['linux', `linux/${architecture()}`],
  ['windows', `windows/${architecture()}`],
  ['ARM64', 'linux/arm64'],
  ['aarch64', 'linux/arm64'],
  ['linux/x86_64', 'linux/amd64'],
  ['linux/arm/v7', 'linux/arm/v7'],
] as const) {
  test(`parsePlatform() reads "${text}" as ${want}`, () => {
    assert.equal(platformText(parsePlatform(text)), want);
  });
}

for (const [text, want] of [
  ['foo', '"foo": unknown operating system or architecture: invalid argument'],
  ['a/b/c/d', '"a/b/c/d": cannot parse platform specifier: invalid argument'],
  [
    'linux/',
    '"" is an invalid component of "linux/": platform specifier component must match "^[A-Za-z0-9_.-]+$": invalid argument',
  ],
] as const) {
  test(`parsePlatform() refuses "${text}" in Docker’s words`, () => {
    assert.throws(() => parsePlatform(text), { kind: 'invalid', message: want });
  });
}
