import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilities, parseDevice, parseRate, parseRestart, parseUlimit } from './resources.ts';

test('parseUlimit() refuses a soft limit above the hard one, and nothing at all', () => {
  assert.throws(() => parseUlimit('nofile=2:1'), {
    message: 'ulimit soft limit must be less than or equal to hard limit: 2 > 1',
  });
  assert.throws(() => parseUlimit('nofile'), { message: 'invalid ulimit argument: nofile' });
  assert.throws(() => parseUlimit('nofile=1:2:3'), { message: 'invalid ulimit argument: nofile=1:2:3' });
});

test('parseDevice() tells a mode from a path', () => {
  assert.deepEqual(parseDevice('/dev/a:rw'), {
    PathOnHost: '/dev/a',
    PathInContainer: '/dev/a',
    CgroupPermissions: 'rw',
  });
  assert.throws(() => parseDevice('/dev/a:/dev/b:x'), { message: 'invalid device mode: x' });
  assert.throws(() => parseDevice('/dev/a:b'), { message: 'bad format for path: b: it is not an absolute path' });
});

test('parseRate() wants a device and an amount', () => {
  assert.deepEqual(parseRate(Number)('/dev/a:5'), { Path: '/dev/a', Rate: 5 });
  assert.throws(() => parseRate(Number)('/tmp/a:5'), { message: 'bad format for device path: /tmp/a:5' });
  assert.throws(() => parseRate(Number)('/dev/a'), { message: 'bad format: /dev/a' });
});

test('parseRestart() reads the count of on-failure', () => {
  assert.deepEqual(parseRestart('on-failure:5'), { Name: 'on-failure', MaximumRetryCount: 5 });
  assert.deepEqual(parseRestart(''), { Name: 'no', MaximumRetryCount: 0 });
  assert.throws(() => parseRestart('on-failure:x'), /maximum retry count must be an integer/);
});

test('capabilities() writes names as the kernel does, each once', () => {
  assert.deepEqual(capabilities(['net_admin', 'CAP_NET_ADMIN', 'all']), ['ALL', 'CAP_NET_ADMIN']);
});
