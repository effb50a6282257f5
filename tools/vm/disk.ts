import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { writeInitrd } from './initrd.ts';
import { librariesOf } from './libraries.ts';
import { filesOf, packages } from './packages.ts';

/** What qemu is given: a kernel, the file system it begins with, the disk it goes over to. */
export type Parts = { readonly kernel: string; readonly initrd: string; readonly disk: string };

/** Of the modules of a kernel, those of hardware that the machine does not have: nine tenths. */
const otherHardware =
  /^kernel\/(sound|drivers\/(?!(net|virtio|block|char)\/)[^/]+\/|drivers\/net\/(?!(vxlan|wireguard|ipvlan|bonding)\/)[^/]+\/)/;
/** Only the editor and the checks need these. */
const otherModules = /^(@biomejs|@typescript|typescript|@types|\.cache)(\/|$)/;
/** Space for what tests write, in MiB; the file is sparse. */
const freeMib = 3000;

/** Makes the parts of the virtual machine, or finds them as an earlier run left them in `cache`. */
export function prepare(root: string, cache: string): Parts {
  const kernelFolder = join(cache, 'kernel');
  const [kernel] = globSync('boot/vmlinuz-*', { cwd: kernelFolder });
  if (kernel === undefined) throw new Error(`no kernel in ${kernelFolder}: run it as npm run test:vm`);
  const version = kernel.replace('boot/vmlinuz-', '');
  const files = filesOf(packages);
  const parts = join(cache, keyOf(root, version, files));
  const made = { kernel: join(kernelFolder, kernel), initrd: join(parts, 'initrd.gz'), disk: join(parts, 'disk.ext4') };
  if (existsSync(made.disk)) return made;
  for (const old of readdirSync(cache).filter((name) => name.startsWith('parts-')))
    rmSync(join(cache, old), { recursive: true });
  mkdirSync(parts, { recursive: true });
  const stage = mkdtempSync(join(cache, 'stage-'));
  try {
    stageSystem(stage, files);
    const modules = stageModules(stage, kernelFolder, version);
    stageProject(stage, root);
    writeInitrd(made.initrd, modules, version);
    const usedMib = Number(execFileSync('du', ['-sm', stage], { encoding: 'utf8' }).split('\t')[0]);
    const partial = `${made.disk}.part`;
    const size = `${usedMib + freeMib}M`;
    execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', '-d', stage, partial, size], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(partial, made.disk);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  return made;
}

/** Changes when anything of the disk does; the project itself comes on a disk of its own. */
function keyOf(root: string, version: string, files: readonly string[]): string {
  const hash = createHash('sha256').update(version).update(files.join('\n'));
  hash.update(readFileSync('/var/lib/dpkg/status')); // versions of packages
  hash.update(readFileSync(join(root, 'package-lock.json')));
  for (const source of globSync('**/*', { cwd: import.meta.dirname, withFileTypes: true }))
    if (source.isFile()) hash.update(readFileSync(join(source.parentPath, source.name)));
  return `parts-${hash.digest('hex').slice(0, 12)}`;
}

function stageSystem(stage: string, files: readonly string[]): void {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(stage, 'usr', folder), { recursive: true });
    symlinkSync(`usr/${folder}`, join(stage, folder));
  }
  for (const folder of ['proc', 'sys', 'dev', 'run', 'tmp', 'root', 'var/tmp', 'var/lib', 'project', 'vm', 'etc'])
    mkdirSync(join(stage, folder), { recursive: true });
  const pack = 'tar -c -C / --no-recursion -T - | tar -x -C "$1" --keep-directory-symlink';
  execFileSync('sh', ['-c', pack, 'sh', stage], { input: files.map((path) => `.${path}`).join('\n') });
  copyProgram(stage, 'docker'); // from where set-up found or put it
  copy('/usr/share/containers/seccomp.json', stage);
  writeFileSync(
    join(stage, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n',
  );
  writeFileSync(join(stage, 'etc/group'), 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n');
  writeFileSync(join(stage, 'etc/hosts'), '127.0.0.1 localhost portolan-vm\n::1 localhost ip6-localhost\n');
  writeFileSync(join(stage, 'etc/resolv.conf'), 'nameserver 192.0.2.53\n');
  execFileSync('ldconfig', ['-r', stage]);
}

function copyProgram(stage: string, name: string): void {
  const path = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
  copyFileSync(path, join(stage, 'usr/bin', name));
  for (const library of librariesOf(path)) if (!existsSync(join(stage, library))) copy(library, stage);
}

function copy(path: string, stage: string): void {
  mkdirSync(dirname(join(stage, path)), { recursive: true });
  copyFileSync(path, join(stage, path));
}

/** Answers the folder of the modules. */
function stageModules(stage: string, kernelFolder: string, version: string): string {
  const from = join(kernelFolder, 'lib/modules', version);
  const to = join(stage, 'usr/lib/modules', version);
  cpSync(from, to, {
    recursive: true,
    filter: (path) => !otherHardware.test(`${relative(from, path)}/`) || path.endsWith('.ko') || path.includes('.ko.'),
  });
  execFileSync('depmod', ['-b', stage, version], { stdio: ['ignore', 'ignore', 'pipe'] });
  return to;
}

function stageProject(stage: string, root: string): void {
  for (const name of ['run', 'modules']) cpSync(join(import.meta.dirname, 'guest', name), join(stage, 'vm', name));
  const from = realpathSync(join(root, 'node_modules'));
  cpSync(from, join(stage, 'vm/node_modules'), {
    recursive: true,
    filter: (path) => !otherModules.test(relative(from, path)),
  });
}
