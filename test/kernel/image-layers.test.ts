import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { lgetxattr, lsetxattr } from '../../src/syscall/files.ts';
import { archive, folder, type ImageLab, imageLab, type Member, mountsBelow, unpack } from './image-lab.ts';

const sh = (script: string, cwd: string): string =>
  execFileSync('sh', ['-ec', script], { cwd, encoding: 'utf8' }).trim();

const imageOf = async (lab: ImageLab, members: readonly Member[]): Promise<string> =>
  (await unpack(lab, await archive(members))).id;

const base: readonly Member[] = [
  { name: 'etc/', type: 'directory', mode: 0o700 },
  { name: 'etc/hosts', content: 'image' },
  { name: 'kept', content: 'kept' },
  { name: 'gone', content: 'gone' },
  { name: 'dir/', type: 'directory' },
  { name: 'dir/old', content: 'old' },
  { name: 'dir/deep/', type: 'directory' },
  { name: 'dir/deep/file', content: 'deep' },
];

test('a container that wrote nothing has changed nothing, started or not; what it mounts over is there', async (t) => {
  const lab = await imageLab(t);
  const { rootfs } = lab.images;
  const id = await imageOf(lab, base);
  assert.deepEqual(await rootfs.changes('c1', id), []);
  const merged = await rootfs.mount('c1', id);
  assert.deepEqual(await rootfs.changes('c1', id), []);
  const targets = 'dev/console dev/pts dev/shm etc/hostname etc/hosts etc/resolv.conf proc sys .dockerenv';
  sh(`for one in ${targets}; do test -e $one; done; test -z "$(cat etc/hosts)"`, merged);
  assert.equal(sh('readlink etc/mtab; stat -c %a etc', merged), '/proc/mounts\n700');
});

test('an image whose folders are links out of the root gets its mount targets inside', async (t) => {
  const lab = await imageLab(t);
  const outside = folder(t);
  const id = await imageOf(lab, [
    { name: 'etc', type: 'symlink', linkname: outside },
    { name: 'dev', type: 'symlink', linkname: `../../../../../../../..${outside}` },
  ]);
  const merged = await lab.images.rootfs.mount('c1', id);
  assert.equal(sh('ls', outside), '');
  assert.equal(sh('ls etc dev', merged), 'dev:\nconsole\npts\nshm\n\netc:\nhostname\nhosts\nmtab\nresolv.conf');
});

test('changes() tells added, changed and deleted files, and the folders they are in', async (t) => {
  const lab = await imageLab(t);
  const { rootfs } = lab.images;
  const id = await imageOf(lab, base);
  const merged = await rootfs.mount('c1', id);
  sh('rm gone; echo more >> dir/deep/file; mkdir -p new/sub; echo x > new/sub/f; chmod 600 kept', merged);
  const told = await rootfs.changes('c1', id);
  assert.deepEqual(
    told.map(({ Path, Kind }) => `${'CAD'[Kind]} ${Path}`),
    ['C /dir', 'C /dir/deep', 'C /dir/deep/file', 'D /gone', 'C /kept', 'A /new', 'A /new/sub', 'A /new/sub/f'],
  );
});

test('a folder that was deleted and made anew: what it held is deleted, in the list and in the layer', async (t) => {
  const lab = await imageLab(t);
  const { images } = lab;
  const id = await imageOf(lab, base);
  const merged = await images.rootfs.mount('c1', id);
  sh('rm -r dir; mkdir dir; echo new > dir/new', merged);
  const told = await images.rootfs.changes('c1', id);
  assert.deepEqual(
    told.map(({ Path, Kind }) => `${'CAD'[Kind]} ${Path}`),
    ['C /dir', 'D /dir/deep', 'D /dir/old', 'A /dir/new'],
  );
  const made = await images.extend({ parent: id, layer: images.rootfs.layer('c1'), config: {}, createdBy: 'test' });
  assert.equal(sh('ls dir', await images.rootfs.mount('c2', made)), 'new');
});

/** Kinds, modes, owners, times, links, attributes and content of a tree. */
const listing = (root: string): string =>
  sh(
    `find . -mindepth 1 -not -path './dev*' -not -path './etc*' -not -name .dockerenv -printf '%P %y %m %U:%G %Ts %s %l %n\\n' | grep -av ' d ' | sort
     find . -type f -not -path './etc*' | sort | xargs -r sha256sum`,
    root,
  );

test('a layer holds all a container wrote: links, devices, owners, modes, attributes, odd names, large files', async (t) => {
  const lab = await imageLab(t);
  const { images } = lab;
  const id = await imageOf(lab, base);
  const merged = await images.rootfs.mount('c1', id);
  const long = 'n'.repeat(120);
  sh(
    `mkdir -p made/${long}; echo a > made/${long}/f; ln made/${long}/f made/hard; ln -s ../kept made/soft
     mknod made/null c 1 3; mkfifo made/pipe; chown 12:34 made/hard; chmod 4751 made/hard; chown 3000000:4000000 made/pipe
     printf x > "made/$(printf 'b\\377d')"; printf y > 'made/gr\u00fcn'; touch -d 2001-02-03T04:05:06Z made/null
     touch -hd 1969-12-31T00:00:00Z made/soft; truncate -s 9437184 made/sparse; printf end >> made/sparse
     rm gone; head -c 3000000 /dev/urandom > made/noise`,
    merged,
  );
  const noise = (root: string): Buffer => Buffer.from(`${root}/made/noise\0`);
  lsetxattr(noise(merged), 'user.note', Buffer.from([0, 255, 10]));
  const made = await images.extend({ parent: id, layer: images.rootfs.layer('c1'), config: {}, createdBy: 'test' });
  const again = await images.rootfs.mount('c2', made);
  assert.equal(listing(again), listing(merged));
  assert.deepEqual(lgetxattr(noise(again), 'user.note'), Buffer.from([0, 255, 10]));
  assert.deepEqual(await images.rootfs.changes('c2', made), []);
  const document = images.get(made).document;
  assert.equal(document.rootfs.diff_ids.length, 2);
  assert.equal(document.history?.at(-1)?.created_by, 'test');
  assert.equal(images.get(made).parent, id);
});

test('the archive of a layer is one that tar reads, and is the same each time', async (t) => {
  const lab = await imageLab(t);
  const { rootfs } = lab.images;
  const id = await imageOf(lab, base);
  const merged = await rootfs.mount('c1', id);
  sh('echo a > a; rm gone; mkdir "with space"; touch "with space/f"', merged);
  const [one, two] = [await buffer(rootfs.layer('c1')), await buffer(rootfs.layer('c1'))];
  assert.ok(one.equals(two));
  const file = join(folder(t), 'layer.tar');
  writeFileSync(file, one);
  assert.equal(sh(`tar -tf ${file}`, '/'), 'a\n.wh.gone\nwith space/\nwith space/f');
});

test('extend() without a change adds a step to the history and no layer', async (t) => {
  const lab = await imageLab(t);
  const { images } = lab;
  const id = await imageOf(lab, base);
  await images.rootfs.mount('c1', id);
  const made = await images.extend({
    parent: id,
    layer: images.rootfs.layer('c1'),
    config: { Cmd: ['x'] },
    createdBy: 'n',
  });
  const { rootfs, history, config } = images.get(made).document;
  assert.equal(rootfs.diff_ids.length, 1);
  assert.equal(history?.at(-1)?.empty_layer, true);
  assert.deepEqual(config?.Cmd, ['x']);
});

test('read() mounts a container’s files for as long as somebody reads, and never takes them from who runs', async (t) => {
  const lab = await imageLab(t);
  const { rootfs } = lab.images;
  const id = await imageOf(lab, base);
  {
    await using first = await rootfs.read('c1', id);
    await using _second = await rootfs.read('c1', id);
    assert.equal(readFileSync(join(first.merged, 'kept'), 'utf8'), 'kept');
  }
  assert.deepEqual(mountsBelow(lab.root), []);
  {
    await using reader = await rootfs.read('c1', id);
    await rootfs.mount('c1', id); // it is started meanwhile
    assert.ok(reader.merged);
  }
  assert.equal(mountsBelow(lab.root).length, 1);
  {
    await using reader = await rootfs.read('c1', id);
    await rootfs.unmount('c1'); // it ends meanwhile
    assert.equal(readFileSync(join(reader.merged, 'kept'), 'utf8'), 'kept');
  }
  assert.deepEqual(mountsBelow(lab.root), []);
});
