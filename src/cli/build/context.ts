import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Header, type Pack, pack } from 'tar-stream';
import { ignores } from '../../build/index.ts';

export type Sent = {
  readonly archive: Readable;
  /** The Dockerfile's name in the archive. */
  readonly dockerfile: string;
};

/** A Dockerfile that stands outside of the folder is sent along under this name, which no COPY sees. */
const outsideName = '.dockerfile.given';

/** The folder as an archive, without what .dockerignore leaves out. `dockerfile` is a path, "" for the folder's own. */
export async function packContext(folder: string, dockerfile: string): Promise<Sent> {
  if (!(await lstat(folder)).isDirectory()) throw new Error(`unable to prepare context: ${folder} is not a folder`);
  const inside = relative(folder, resolve(dockerfile === '' ? join(folder, 'Dockerfile') : dockerfile));
  const isOutside = inside.startsWith('../');
  const text = isOutside ? await readFile(dockerfile) : undefined;
  const rules = await readFile(join(folder, '.dockerignore'), 'utf8').catch(() => '');
  const name = isOutside ? outsideName : inside;
  const archive = pack();
  const write = async (): Promise<void> => {
    if (text !== undefined) {
      archive.entry({ name: outsideName, mode: 0o600 }, text);
      archive.entry(
        { name: '.dockerignore', mode: 0o644 },
        `${rules}\n${outsideName}\n${rules === '' ? '.dockerignore\n' : ''}`,
      );
    }
    const needed = isOutside ? [] : ['.dockerignore', name];
    await addFolder(archive, folder, '', filter(rules, needed, isOutside));
    archive.finalize();
  };
  write().catch((error: Error) => archive.destroy(error));
  return { archive: Readable.from(archive, { objectMode: false }), dockerfile: name };
}

type Filter = { readonly leavesOut: (path: string) => boolean; readonly mayKeepBelow: (path: string) => boolean };

function filter(rules: string, needed: readonly string[], skipsRules: boolean): Filter {
  const ignored = ignores(rules);
  const hasExceptions = /^\s*!/m.test(rules);
  return {
    leavesOut: (path) => (skipsRules && path === '.dockerignore') || (ignored(path) && !needed.includes(path)),
    mayKeepBelow: (path) => hasExceptions || needed.some((one) => one.startsWith(`${path}/`)),
  };
}

async function addFolder(archive: Pack, root: string, path: string, filter: Filter): Promise<void> {
  for (const base of (await readdir(join(root, path))).sort()) {
    const name = path === '' ? base : `${path}/${base}`;
    const stats = await lstat(join(root, name));
    const left = filter.leavesOut(name);
    if (left && !(stats.isDirectory() && filter.mayKeepBelow(name))) continue;
    const header = { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
    if (stats.isDirectory()) {
      archive.entry({ ...header, type: 'directory' });
      await addFolder(archive, root, name, filter);
    } else if (stats.isSymbolicLink()) {
      archive.entry({ ...header, type: 'symlink', linkname: await readlink(join(root, name)) });
    } else if (stats.isFile()) await addFile(archive, join(root, name), { ...header, size: stats.size });
  }
}

/** Exactly as long as it was said to be, even if it grows meanwhile. */
async function addFile(
  archive: Pack,
  path: string,
  header: Pick<Header, 'name'> & Partial<Header> & { readonly size: number },
): Promise<void> {
  if (header.size === 0) archive.entry(header, '');
  else await pipeline(createReadStream(path, { end: header.size - 1 }), archive.entry(header));
}

/** Nothing but a Dockerfile. */
export function packDockerfile(text: Buffer): Sent {
  const archive = pack();
  archive.entry({ name: 'Dockerfile', mode: 0o600 }, text);
  archive.finalize();
  return { archive: Readable.from(archive, { objectMode: false }), dockerfile: 'Dockerfile' };
}
