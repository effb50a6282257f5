import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGlobals } from './globals.ts';

test('parseGlobals() takes the socket from -H, then PORTOLAN_HOST, then DOCKER_HOST, then the usual place', () => {
  const env = { PORTOLAN_HOST: 'unix:///p', DOCKER_HOST: 'unix:///d' };
  for (const argv of [
    ['-H', 'unix:///x', 'ps'],
    ['--host=unix:///x', 'ps'],
    ['-Hunix:///x', 'ps'],
  ]) {
    assert.equal(parseGlobals(argv, env).host, 'unix:///x');
  }
  assert.equal(parseGlobals(['ps'], env).host, 'unix:///p');
  assert.equal(parseGlobals(['ps'], { DOCKER_HOST: 'unix:///d' }).host, 'unix:///d');
  assert.equal(parseGlobals(['ps'], {}).host, 'unix:///run/portolan/portolan.sock');
});

test('parseGlobals() leaves everything behind the command alone', () => {
  assert.deepEqual(parseGlobals(['run', '-H', 'x', '--help'], {}).rest, ['run', '-H', 'x', '--help']);
});

test('parseGlobals() refuses what it does not know', () => {
  assert.throws(() => parseGlobals(['--nosuch', 'ps'], {}), /unknown flag: --nosuch/);
  assert.throws(() => parseGlobals(['-H'], {}), /flag needs an argument: -H/);
});
