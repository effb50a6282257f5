import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Header, type Pack, pack } from 'tar-stream';
import { AppError, hasCode, messageOf } from '../base/index.ts';
import { architecture } from './document.ts';
import type { ImageDocument } from './types.ts';

/** Times and order are fixed, so that the same program makes the same image everywhere. */
const epoch = new Date(0);
const nobody = 65534;

const folders: readonly (readonly [name: string, mode: number, owner?: number])[] = [
  ['bin', 0o755],
  ['dev', 0o755],
  ['etc', 0o755],
  ['home', 0o755, nobody],
  ['proc', 0o755],
  ['root', 0o700],
  ['sys', 0o755],
  ['tmp', 0o1777],
  ['usr', 0o755],
  ['usr/bin', 0o755],
  ['usr/sbin', 0o755],
  ['var', 0o755],
  ['var/spool', 0o755],
  ['var/spool/mail', 0o755],
  ['var/www', 0o755],
];

/** name, user and group number, home, shell */
const accounts: readonly (readonly [string, number, string, string])[] = [
  ['root', 0, '/root', '/bin/sh'],
  ['daemon', 1, '/usr/sbin', '/bin/false'],
  ['bin', 2, '/bin', '/bin/false'],
  ['sys', 3, '/dev', '/bin/false'],
  ['mail', 8, '/var/spool/mail', '/bin/false'],
  ['www-data', 33, '/var/www', '/bin/false'],
  ['operator', 37, '/var', '/bin/false'],
  ['nobody', nobody, '/home', '/bin/false'],
];

const groups: readonly (readonly [string, number])[] = [
  ['root', 0],
  ['daemon', 1],
  ['bin', 2],
  ['sys', 3],
  ['adm', 4],
  ['tty', 5],
  ['disk', 6],
  ['lp', 7],
  ['mail', 8],
  ['kmem', 9],
  ['wheel', 10],
  ['cdrom', 11],
  ['dialout', 18],
  ['floppy', 19],
  ['video', 28],
  ['audio', 29],
  ['tape', 32],
  ['www-data', 33],
  ['operator', 37],
  ['utmp', 43],
  ['plugdev', 46],
  ['staff', 50],
  ['lock', 54],
  ['netdev', 82],
  ['users', 100],
  ['nogroup', nobody],
];

const lines = (rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');

const files: readonly (readonly [name: string, mode: number, text: string])[] = [
  ['etc/group', 0o644, lines(groups.map(([name, id]) => `${name}:x:${id}:`))],
  ['etc/nsswitch.conf', 0o644, 'hosts: files dns\n'],
  ['etc/passwd', 0o644, lines(accounts.map(([name, id, home, sh]) => `${name}:x:${id}:${id}:${name}:${home}:${sh}`))],
  ['etc/shadow', 0o640, lines(accounts.map(([name]) => `${name}:*:10933:0:99999:7:::`))],
];

/** The root file system as an archive. Throws when the program is no static busybox that can be run. */
export async function busyboxLayer(binary: string): Promise<Pack> {
  const [program, applets] = await Promise.all([readFile(binary), appletsOf(binary)]);
  const archive = pack();
  const add = (header: Pick<Header, 'name'> & Partial<Header>, content?: Buffer | string): void => {
    archive.entry({ uid: 0, gid: 0, mtime: epoch, ...header }, content ?? '');
  };
  for (const [name, mode, owner = 0] of folders) add({ name, type: 'directory', mode, uid: owner, gid: owner });
  add({ name: 'bin/busybox', mode: 0o755 }, program);
  for (const applet of applets) add({ name: `bin/${applet}`, type: 'link', linkname: 'bin/busybox', mode: 0o755 });
  for (const [name, mode, text] of files) add({ name, mode }, text);
  archive.finalize();
  return archive;
}

async function appletsOf(binary: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(binary, ['--list']).catch((error: unknown) => {
    const text = hasCode(error, 'ENOENT') ? 'no such program' : messageOf(error);
    throw new AppError('unavailable', `cannot run ${binary}: ${text}`, { cause: error });
  });
  const names = stdout.split('\n').filter((name) => /^[\w[.-]+$/.test(name) && name !== 'busybox');
  return [...new Set(names)].sort();
}

export function busyboxDocument(diffId: string): ImageDocument {
  const created = epoch.toISOString();
  return {
    created,
    architecture: architecture(),
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: ['sh'],
    },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, created_by: 'the static busybox of this machine' }],
  };
}
