import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { lsetxattr } from '../../src/syscall/files.ts';
import { archive, folder, type ImageLab, imageLab, type Member, unpack } from './image-lab.ts';

const attributes = ['--xattrs', '--xattrs-include=*'];

/** A tree written out by GNU tar: equal bytes mean equal names, owners, modes, times, links, devices and attributes. */
function dump(root: string): Buffer {
  const sorted = ['--sort=name', '--numeric-owner', '--format=posix', '--pax-option=delete=atime,delete=ctime'];
  const args = ['-C', root, ...attributes, ...sorted, '-cf', '-', '.'];
  return execFileSync('tar', args, { maxBuffer: 1 << 28, stdio: 'pipe' });
}

/** Something of everything that a file system can hold. */
function tree(root: string): void {
  const script = `
    umask 022; mkdir -p bin etc/empty dev tmp; chmod 1777 tmp
    printf hello > bin/program; chmod 4755 bin/program; ln bin/program bin/zz-hardlink
    printf x > bin/setgid; chown 12:34 bin/setgid; chmod 2711 bin/setgid
    ln -s /etc/passwd etc/absolute; ln -s ../bin/program etc/relative; ln -s nowhere etc/dangling; chown -h 5:6 etc/dangling
    mknod -m 600 dev/null c 1 3; mknod dev/large b 259 70000; mkfifo -m 640 dev/pipe
    printf odd > "$(printf 'caf\\351')"; mkdir -p "$(printf 'deep/%0200d' 0)"; printf y > "$(printf 'deep/%0200d' 0)/f"
    printf '' > etc/zero; chmod 000 etc/zero; head -c 3000000 /dev/urandom > large; chown 123456:4000000 large
    touch -d '2001-02-03 04:05:06.123456789' bin/program; touch -h -d '1969-12-31 23:59:58.5 UTC' etc/dangling
    touch -d '2002-01-01' bin etc deep; touch -d '2003-01-01' .`;
  execFileSync('sh', ['-ec', script], { cwd: root });
  lsetxattr(Buffer.from(`${root}/large\0`), 'user.note', Buffer.from([0, 1, 0xff, 10]));
  // VFS_CAP_REVISION_2, cap_net_bind_service, effective
  const capability = Buffer.from([1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]);
  lsetxattr(Buffer.from(`${root}/bin/setgid\0`), 'security.capability', capability);
}

for (const [compression, compress] of [
  ['no', (bytes: Buffer): Buffer => bytes],
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`a layer with ${compression} compression unpacks to what GNU tar unpacks it to`, async (t) => {
    const [lab, source, reference] = [await imageLab(t), folder(t), folder(t)];
    tree(source);
    const tar = dump(source);
    execFileSync('tar', ['-C', reference, ...attributes, '--numeric-owner', '-xpf', '-'], {
      input: tar,
      stdio: 'pipe',
    });
    const { path } = await unpack(lab, compress(tar));
    assert.deepEqual(dump(path), dump(reference));
    assert.deepEqual(dump(path), tar);
  });
}

for (const program of ['bzip2', 'xz']) {
  test(`an archive compressed with ${program} is imported through that program`, async (t) => {
    const tar = await archive([{ name: 'f', content: 'text' }]);
    const { path } = await unpack(await imageLab(t), execFileSync(program, ['-c'], { input: tar }));
    assert.equal(execFileSync('cat', ['f'], { cwd: path, encoding: 'utf8' }), 'text');
  });
}

async function stat(lab: ImageLab, members: readonly Member[], ...names: string[]): Promise<string[]> {
  const { path } = await unpack(lab, await archive(members));
  const args = ['--printf=%n %F %a %t:%T\\n', ...names];
  return execFileSync('stat', args, { cwd: path, encoding: 'utf8' }).trim().split('\n');
}

test('a whiteout becomes a 0/0 character device', async (t) => {
  const found = await stat(await imageLab(t), [{ name: 'etc/.wh.passwd' }], 'etc', 'etc/passwd');
  assert.deepEqual(found, ['etc directory 755 0:0', 'etc/passwd character special file 0 0:0']);
});

test('an opaque marker, and a folder over a whiteout, become opaque folders', async (t) => {
  const { path } = await unpack(
    await imageLab(t),
    await archive([
      { name: 'a/.wh..wh..opq' },
      { name: '.wh.b' },
      { name: 'b', type: 'directory' },
      { name: 'c', type: 'directory' },
      { name: '.wh.c' },
      { name: 'd', type: 'directory' },
    ]),
  );
  for (const name of ['a', 'b', 'c']) {
    assert.match(dump(join(path, name)).toString('latin1'), /SCHILY\.xattr\.trusted\.overlay\.opaque=y/, name);
  }
  assert.doesNotMatch(dump(join(path, 'd')).toString('latin1'), /opaque/);
});

test('of two members with one name the later wins, whatever they are', async (t) => {
  const lab = await imageLab(t);
  const members: Member[] = [
    { name: 'a', content: 'first' },
    { name: 'a', type: 'symlink', linkname: '/etc' },
    { name: 'b/inner/deep', content: 'x' },
    { name: 'b', content: 'a file now' },
    { name: 'c', type: 'symlink', linkname: 'elsewhere' },
    { name: 'c', type: 'directory' },
    { name: 'c/in', content: 'x' },
  ];
  assert.deepEqual(await stat(lab, members, 'a', 'b', 'c', 'c/in'), [
    'a symbolic link 777 0:0',
    'b regular file 644 0:0',
    'c directory 755 0:0',
    'c/in regular file 644 0:0',
  ]);
});

test('parents that an archive leaves out are made', async (t) => {
  const found = await stat(await imageLab(t), [{ name: 'x/y/z', content: '1' }], 'x', 'x/y', 'x/y/z');
  assert.deepEqual(found, ['x directory 755 0:0', 'x/y directory 755 0:0', 'x/y/z regular file 644 0:0']);
});

test('attributes that steer the overlay itself are not taken from an archive', async (t) => {
  const source = folder(t);
  mkdirSync(join(source, 'd'));
  lsetxattr(Buffer.from(`${source}/d\0`), 'trusted.overlay.redirect', Buffer.from('/elsewhere'));
  const { path } = await unpack(await imageLab(t), dump(source));
  assert.doesNotMatch(dump(path).toString('latin1'), /trusted\.overlay/);
});
