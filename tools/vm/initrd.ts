import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { librariesOf } from './libraries.ts';

const init = join(import.meta.dirname, 'guest/init');

/** Writes the first file system: busybox, modprobe, and the modules that reach the disk. `modules` is lib/modules/VERSION. */
export function writeInitrd(file: string, modules: string, version: string): void {
  const stage = mkdtempSync(join(tmpdir(), 'portolan-initrd-'));
  try {
    const put = (from: string, to: string): void => {
      mkdirSync(dirname(join(stage, to)), { recursive: true });
      copyFileSync(from, join(stage, to));
    };
    put(init, 'init');
    put('/bin/busybox', 'bin/busybox');
    put('/sbin/modprobe', 'sbin/modprobe');
    for (const library of librariesOf('/sbin/modprobe')) put(library, library);
    const inside = `lib/modules/${version}`;
    for (const name of readdirSync(modules).filter((entry) => entry.startsWith('modules.')))
      put(join(modules, name), join(inside, name));
    const wanted = '{drivers/{virtio,block},fs/{ext4,jbd2,mbcache*},lib,crypto,arch/x86/crypto}';
    for (const path of globSync(`kernel/${wanted}/**/*.ko*`, { cwd: modules })) {
      if (!path.startsWith('kernel/drivers/block/') || path.includes('virtio_blk'))
        put(join(modules, path), join(inside, path));
    }
    for (const path of globSync('kernel/fs/*.ko*', { cwd: modules })) put(join(modules, path), join(inside, path));
    const packed = `find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 >"$1"`;
    execFileSync('sh', ['-c', packed, 'sh', file], { cwd: stage });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
