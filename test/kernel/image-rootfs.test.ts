import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { archive, folder, type ImageLab, imageLab, type Member, mountsBelow, openImages, stream } from './image-lab.ts';

const sh = (script: string, cwd: string): string =>
  execFileSync('sh', ['-ec', script], { cwd, encoding: 'utf8' }).trim();

/** An image of these layers, bottom first; returns its id. */
async function imageOf(lab: ImageLab, ...layers: (readonly Member[])[]): Promise<string> {
  const tars = await Promise.all(layers.map(archive));
  const diffIds = tars.map((tar) => `sha256:${createHash('sha256').update(tar).digest('hex')}`);
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { diff_ids: diffIds } });
  const manifest = [{ Config: 'c', RepoTags: ['under:test'], Layers: tars.map((_, i) => `${i}`) }];
  const members = tars.map((content, i) => ({ name: `${i}`, content }));
  const all = [
    ...members,
    { name: 'c', content: config },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ];
  await Array.fromAsync(lab.images.load(stream(await archive(all))));
  return lab.images.get('under:test').id;
}

test('rootfs shows the layers as one: later ones on top, whiteouts and opaque folders applied', async (t) => {
  const lab = await imageLab(t);
  const id = await imageOf(
    lab,
    [
      { name: 'kept', content: 'base' },
      { name: 'changed', content: 'base' },
      { name: 'gone', content: 'base' },
      { name: 'emptied/old', content: 'base' },
    ],
    [
      { name: 'changed', content: 'top' },
      { name: '.wh.gone' },
      { name: 'emptied/.wh..wh..opq' },
      { name: 'emptied/new' },
    ],
  );
  const merged = await lab.images.rootfs.mount('c1', id);
  assert.equal(
    sh('cat kept changed; ls -I dev -I etc -I proc -I sys; ls -A emptied', merged),
    'basetopchanged\nemptied\nkept\nnew',
  );
});

test('rootfs.mount() can be repeated; what a container wrote outlives an unmount and goes with remove()', async (t) => {
  const lab = await imageLab(t);
  const id = await imageOf(lab, [{ name: 'f', content: 'image' }]);
  const { rootfs } = lab.images;
  const merged = await rootfs.mount('c1', id);
  assert.equal(await rootfs.mount('c1', id), merged);
  assert.equal(mountsBelow(lab.root).length, 1);
  sh('printf changed > f; head -c 1000 /dev/zero > new; ln new linked; mkdir d', merged);
  assert.equal(await rootfs.size('c1'), 1007);
  await rootfs.unmount('c1');
  await rootfs.unmount('c1');
  assert.deepEqual(mountsBelow(lab.root), []);
  assert.equal(sh('cat f', await rootfs.mount('c1', id)), 'changed');
  await rootfs.remove('c1');
  await rootfs.remove('c1');
  assert.deepEqual(mountsBelow(lab.root), []);
  assert.deepEqual(readdirSync(join(lab.root, 'overlay')), []);
  assert.equal(await rootfs.size('c1'), 0);
});

test('rootfs.paths() names what is mounted', async (t) => {
  const lab = await imageLab(t);
  const id = await imageOf(lab, [{ name: 'a' }], [{ name: 'b' }]);
  const { lower, upper, work, merged } = lab.images.rootfs.paths('c1', id);
  assert.equal(await lab.images.rootfs.mount('c1', id), merged);
  const [init = '', top = '', bottom = ''] = lower.split(':');
  assert.ok(existsSync(join(init, '.dockerenv')));
  assert.ok(existsSync(join(top, 'b')) && existsSync(join(bottom, 'a')));
  assert.ok(existsSync(upper) && existsSync(work));
});

test('rootfs.mount() takes an image without layers, and an umask does not show in the root', async (t) => {
  const lab = await imageLab(t);
  const before = process.umask(0o077);
  t.after(() => process.umask(before));
  const merged = await lab.images.rootfs.mount('c1', await imageOf(lab));
  assert.equal(
    sh('ls -A; stat -c %a .; touch f; ls', merged),
    '.dockerenv\ndev\netc\nproc\nsys\n755\ndev\netc\nf\nproc\nsys',
  );
});

test('rootfs.mount() takes 128 layers', async (t) => {
  const lab = await imageLab(t);
  const layers = Array.from({ length: 128 }, (_, i) => [{ name: `f${i}`, content: `${i}` }]);
  const merged = await lab.images.rootfs.mount('c1', await imageOf(lab, ...layers));
  assert.equal(sh('ls -d f* | wc -l; cat f0 f127', merged), '128\n0127');
});

test('rootfs.mount() fails with what the kernel said, and refuses ids that are no file names', async (t) => {
  const lab = await imageLab(t);
  const id = await imageOf(lab, [{ name: 'f' }]);
  rmSync(join(lab.root, 'l'), { recursive: true });
  await assert.rejects(lab.images.rootfs.mount('c1', id), { op: 'mount', code: 'ENOENT' });
  await assert.rejects(lab.images.rootfs.mount('../x', id), { kind: 'invalid' });
});

test('a colon or comma in the data root does not end a mount option', async (t) => {
  const lab = await imageLab(t);
  const odd = mkdtempSync(join(folder(t), 'a:b,c'));
  await using images = openImages(odd, lab.db);
  await images.start();
  const id = await images.import(stream(await archive([{ name: 'f' }])), {
    repo: '',
    tag: '',
    message: '',
    changes: [],
  });
  const merged = await images.rootfs.mount('c1', id);
  assert.equal(sh('ls -d f', merged), 'f');
  await images.rootfs.remove('c1');
});

test('ensureBusybox() makes the same image everywhere, once, and its programs run', async (t) => {
  const [one, two] = [await imageLab(t), await imageLab(t)];
  await one.images.ensureBusybox('/bin/busybox');
  const { id, loaded } = one.images.get('busybox');
  await one.images.ensureBusybox('/bin/busybox');
  assert.equal(one.images.get('busybox:latest').loaded, loaded);
  await two.images.ensureBusybox('/bin/busybox');
  assert.equal(two.images.get('busybox').id, id);
  const merged = await one.images.rootfs.mount('c1', id);
  const inside = (...args: string[]): string => execFileSync('chroot', [merged, ...args], { encoding: 'utf8' }).trim();
  assert.equal(inside('sh', '-c', 'echo $(id -un) $(ls -ld /tmp | cut -c1-10)'), 'root drwxrwxrwt');
  await assert.rejects(
    two.images
      .ensureBusybox('/nonexistent/busybox')
      .then(() => two.images.remove('busybox', { force: true, prune: true, inUse: () => undefined }))
      .then(() => two.images.ensureBusybox('/nonexistent/busybox')),
    { kind: 'unavailable', message: /no such program/ },
  );
});
