import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRegistryHost } from './registry-host.ts';

for (const [first, wanted] of [
  ['library', false],
  ['my-folder_2', false],
  ['localhost', true],
  ['host.example', true],
  ['host:5000', true],
  ['[::1]:5000', true],
  ['Registry', true],
] as const) {
  test(`isRegistryHost(${first}) is ${wanted}`, () => assert.equal(isRegistryHost(first), wanted));
}
