import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makedev, mknod, S_IFBLK, S_IFCHR, setTimes } from '../../src/syscall/files.ts';
import { openInRoot } from '../../src/syscall/openat2.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'portolan-files-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const stat = (format: string, path: string): string =>
  execFileSync('stat', ['-c', format, path], { encoding: 'utf8' }).trim();

for (const [major, minor] of [
  [0, 0],
  [1, 3],
  [259, 70000],
  [4095, 1048575],
] as const) {
  test(`mknod() makes device ${major}:${minor} as stat(1) shows it`, (t) => {
    const path = join(folder(t), 'd');
    mknod(Buffer.from(`${path}\0`), (major === 259 ? S_IFBLK : S_IFCHR) | 0o600, major, minor);
    assert.equal(stat('%t:%T', path), `${major.toString(16)}:${minor.toString(16)}`);
  });
}

test('makedev() keeps all 32 bits of both numbers', () => {
  assert.equal(makedev(0xffff_ffff, 0xffff_ffff), 0xffff_ffff_ffff_ffffn);
});

test("setTimes() sets a link's own time, to the nanosecond, before 1970 too", (t) => {
  const path = join(folder(t), 'l');
  symlinkSync('nowhere', path);
  setTimes(Buffer.from(`${path}\0`), -2, 123_456_789);
  assert.equal(stat('%.9Y', path), '-1.876543211');
});

for (const [what, path] of [
  ['an absolute link', 'absolute'],
  ['a link that climbs', 'climbs'],
  ['".." in the path', '../../../../inner'],
] as const) {
  test(`openInRoot() keeps ${what} inside`, (t) => {
    const root = folder(t);
    mkdirSync(join(root, 'inner'));
    symlinkSync('/inner', join(root, 'absolute'));
    symlinkSync('../../../../../inner', join(root, 'climbs'));
    const rootFd = openSync(root, constants.O_DIRECTORY);
    const fd = openInRoot(rootFd, path);
    t.after(() => [rootFd, fd].forEach(closeSync));
    assert.equal(readlinkSync(`/proc/self/fd/${fd}`), join(root, 'inner'));
  });
}

test('openInRoot() does not follow the links of /proc, and says ENOTDIR of a file', (t) => {
  const fd = openSync('/proc/self', constants.O_DIRECTORY);
  t.after(() => closeSync(fd));
  assert.throws(() => openInRoot(fd, 'root'), { code: 'ELOOP' });
  assert.throws(() => openInRoot(fd, 'status'), { code: 'ENOTDIR' });
});
