import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  MNT_DETACH,
  MS_BIND,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_REMOUNT,
  mount,
  mountAsync,
  umount,
  umountAsync,
} from '../../src/syscall/mount.ts';

const needsRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' } as const;

/** What findmnt(8) says of a mount point; undefined when nothing is mounted there. */
function mountAt(path: string): string | undefined {
  try {
    return execFileSync('findmnt', ['-n', '-o', 'FSTYPE,OPTIONS', '-M', path], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** A folder, and whatever is mounted on it taken away at the end. */
function mountPoint(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mount-'));
  return {
    path,
    [Symbol.dispose]() {
      while (mountAt(path) !== undefined) umount(path, MNT_DETACH);
      rmdirSync(path);
    },
  };
}

test('mount() and umount() do what findmnt(8) then says', needsRoot, () => {
  using point = mountPoint();
  mount('none', point.path, 'tmpfs', MS_NOSUID | MS_NODEV | MS_NOEXEC, 'size=64k,mode=700');
  assert.match(mountAt(point.path) ?? '', /^tmpfs +rw,nosuid,nodev,noexec,.*size=64k,mode=700/);
  umount(point.path, 0);
  assert.equal(mountAt(point.path), undefined);
});

test('mountAsync() and umountAsync() do the same elsewhere', needsRoot, async () => {
  using point = mountPoint();
  await mountAsync('none', point.path, 'tmpfs', 0, null);
  await mountAsync(null, point.path, null, MS_REMOUNT | MS_BIND | MS_RDONLY, null);
  assert.match(mountAt(point.path) ?? '', /^tmpfs +ro,/);
  await umountAsync(point.path, MNT_DETACH);
  assert.equal(mountAt(point.path), undefined);
});

test('a refused mount names the call, the reason and the paths', needsRoot, async () => {
  using point = mountPoint();
  const refused = { op: 'mount', code: 'ENODEV', message: `mount: ENODEV: none, ${point.path}, nosuchfs` };
  assert.throws(() => mount('none', point.path, 'nosuchfs', 0, null), refused);
  await assert.rejects(mountAsync('none', point.path, 'nosuchfs', 0, null), refused);
  await assert.rejects(umountAsync(point.path, 0), { op: 'umount', code: 'EINVAL' });
});
