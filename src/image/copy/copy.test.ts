import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { test } from 'node:test';
import { checkAccess } from './access.ts';
import { absolute, baseName } from './links.ts';
import { goMode } from './path-stat.ts';
import { kernelMounts } from './view.ts';

for (const { path, want, base } of [
  { path: 'a/b', want: '/a/b', base: 'b' },
  { path: '/a//./b/', want: '/a/b/', base: 'b' },
  { path: '/a/b/.', want: '/a/b/.', base: '.' },
  { path: '../../a/../b', want: '/b', base: 'b' },
  { path: '/', want: '/', base: '/' },
  { path: '.', want: '/.', base: '.' },
  { path: '/a/..', want: '/', base: '/' },
]) {
  test(`absolute: ${path} is ${want}, and its last name ${base}`, () => {
    assert.equal(absolute(path), want);
    assert.equal(baseName(want), base);
  });
}

for (const { kind, mode, want } of [
  { kind: 'a file with setuid', mode: constants.S_IFREG | 0o4755, want: 0o755 + 2 ** 23 },
  { kind: 'a sticky folder', mode: constants.S_IFDIR | 0o1777, want: 0o777 + 2 ** 31 + 2 ** 20 },
  { kind: 'a link', mode: constants.S_IFLNK | 0o777, want: 0o777 + 2 ** 27 },
  { kind: 'a block device', mode: constants.S_IFBLK | 0o600, want: 0o600 + 2 ** 26 },
  { kind: 'a character device', mode: constants.S_IFCHR | 0o666, want: 0o666 + 2 ** 26 + 2 ** 21 },
  { kind: 'a socket with setgid', mode: constants.S_IFSOCK | 0o2700, want: 0o700 + 2 ** 24 + 2 ** 22 },
]) {
  test(`goMode: ${kind}`, () => assert.equal(goMode(mode), want));
}

test('checkAccess: the nearest mount above a folder decides', () => {
  const mounts = [
    { destination: '/ro', writable: false },
    { destination: '/ro/rw', writable: true },
  ];
  checkAccess('/ro/rw/x', { rootfs: false, mounts });
  checkAccess('/roo', { rootfs: true, mounts });
  assert.throws(() => checkAccess('/ro', { rootfs: true, mounts }), {
    kind: 'invalid',
    message: 'mounted volume is marked read-only',
  });
  assert.throws(() => checkAccess('/roo', { rootfs: false, mounts }), {
    kind: 'invalid',
    message: 'container rootfs is marked read-only',
  });
});

test('kernelMounts: finds them by their kind, and undoes the octal of blanks', () => {
  const mountinfo = [
    '1 0 0:30 / / rw - overlay overlay rw,lowerdir=/proc',
    '2 1 0:31 / /proc rw,nosuid shared:4 - proc proc rw',
    '3 1 0:4 / /a\\040b rw - proc proc rw',
    '4 1 0:5 / /proc/kcore rw - tmpfs tmpfs rw',
    '5 1 0:6 / /sys ro - sysfs sysfs ro',
    '6 5 0:7 / /sys/fs/cgroup ro - cgroup2 cgroup ro',
    '',
  ].join('\n');
  assert.deepEqual(kernelMounts(mountinfo), ['/proc', '/a b', '/sys', '/sys/fs/cgroup']);
});
