import { closeSync, constants, fstatSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { lgetxattr, llistxattr } from '../../syscall/files.ts';
import type { Entry } from '../extract/header.ts';
import { encodeHeader, endOfArchive, padding } from './header.ts';
import type { ArchiveJob, Pick } from './order.ts';
import { cpath, entriesOf, found, latin1, opened, resolved } from './paths.ts';
import { isOpaque, isWhiteout } from './whiteout.ts';

const chunkSize = 1 << 20;
const ownXattr = /^(security\.capability$|user\.|system\.posix_acl_)/;

/**
 * Writes files as an archive, in order of their names. Everything is synchronous: for a process that does only this,
 * with the tree as its root directory.
 */
export class Archiver {
  readonly #job: ArchiveJob;
  readonly #write: (bytes: Buffer) => void;
  /** Names of files with several names, by "device:inode". */
  readonly #links = new Map<string, string>();
  readonly #buffer = Buffer.allocUnsafe(chunkSize);

  constructor(job: ArchiveJob, write: (bytes: Buffer) => void) {
    this.#job = job;
    this.#write = write;
  }

  run(): void {
    for (const pick of this.#job.picks) this.#pick(pick);
    this.#write(endOfArchive());
  }

  #pick({ path: given, name, except = [], itself = false }: Pick): void {
    const path = itself ? given : resolved(given);
    const stats = found(path);
    if (stats === undefined) return;
    const left = new Set(except.map((one) => `${path === '/' ? '' : path}/${one}`));
    if (!stats.isDirectory()) this.#add(path, name, stats, left);
    else {
      if (name !== '') this.#folder(path, name, stats);
      this.#children(path, name, left);
    }
  }

  #children(path: string, name: string, left: ReadonlySet<string>): void {
    for (const base of entriesOf(path)) {
      const child = joined(path, base);
      if (left.has(child)) continue;
      const stats = found(child);
      // It may have gone meanwhile.
      if (stats !== undefined) this.#add(child, joined(name, base), stats, left);
    }
  }

  #add(path: string, name: string, stats: Stats, left: ReadonlySet<string>): void {
    if (this.#job.form === 'layer' && isWhiteout(stats)) this.#marker(name, stats);
    else if (stats.isDirectory()) {
      this.#folder(path, name, stats);
      this.#children(path, name, left);
    } else if (stats.isFile()) this.#file(path, name);
    else if (!stats.isSocket()) this.#special(path, name, stats);
  }

  #folder(path: string, name: string, stats: Stats): void {
    this.#write(encodeHeader(this.#entry('5', name.endsWith('/') ? name : `${name}/`, path, stats)));
    if (this.#job.form === 'layer' && isOpaque(cpath(path))) this.#marker(`${name}/.wh..opq`, stats);
  }

  /** The empty file by which a layer says that something is gone. */
  #marker(name: string, { mtimeMs }: Stats): void {
    const slash = name.lastIndexOf('/') + 1;
    const marker = `${name.slice(0, slash)}.wh.${name.slice(slash)}`;
    const times = { seconds: Math.floor(mtimeMs / 1000), nanoseconds: 0 };
    this.#write(encodeHeader({ ...plain, type: '0', name: marker, mode: 0o600, mtime: times }));
  }

  #file(path: string, name: string): void {
    const fd = opened(path);
    if (fd === undefined) return;
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) return;
      const key = `${stats.dev}:${stats.ino}`;
      const first = stats.nlink > 1 ? this.#links.get(key) : undefined;
      if (first !== undefined) {
        this.#write(encodeHeader({ ...this.#entry('1', name, path, stats), linkname: first, size: 0 }));
        return;
      }
      if (stats.nlink > 1) this.#links.set(key, name);
      this.#write(encodeHeader({ ...this.#entry('0', name, path, stats), size: stats.size }));
      this.#content(fd, stats.size);
    } finally {
      closeSync(fd);
    }
  }

  /** Exactly as many bytes as were announced: a file that shrinks meanwhile ends in zeros. */
  #content(fd: number, size: number): void {
    for (let left = size; left > 0; ) {
      const read = readSync(fd, this.#buffer, 0, Math.min(left, chunkSize), null);
      if (read === 0) this.#buffer.fill(0);
      const length = read === 0 ? Math.min(left, chunkSize) : read;
      this.#write(this.#buffer.subarray(0, length));
      left -= length;
    }
    this.#write(padding(size));
  }

  #special(path: string, name: string, stats: Stats): void {
    if (stats.isSymbolicLink()) {
      const linkname = readlinkSync(latin1(path), 'latin1');
      this.#write(encodeHeader({ ...this.#entry('2', name, path, stats), linkname }));
      return;
    }
    const type = stats.isCharacterDevice() ? '3' : stats.isBlockDevice() ? '4' : '6';
    this.#write(encodeHeader({ ...this.#entry(type, name, path, stats), ...deviceOf(stats) }));
  }

  #entry(type: string, name: string, path: string, stats: Stats): Entry {
    const { owner, mode, timeless } = this.#job;
    return {
      ...plain,
      type,
      name,
      // With the bits of the kind, as Docker's archives have them.
      mode: (mode ?? stats.mode & 0o7777) | (stats.mode & constants.S_IFMT),
      uid: owner?.uid ?? stats.uid,
      gid: owner?.gid ?? stats.gid,
      mtime: { seconds: timeless ? 0 : Math.floor(stats.mtimeMs / 1000), nanoseconds: 0 },
      xattrs: xattrsOf(path),
    };
  }
}

/** "" is the top, which has no name. */
const joined = (folder: string, base: string): string =>
  folder === '' || folder.endsWith('/') ? `${folder}${base}` : `${folder}/${base}`;

const plain: Entry = {
  type: '0',
  name: '',
  linkname: '',
  mode: 0,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: { seconds: 0, nanoseconds: 0 },
  major: 0,
  minor: 0,
  xattrs: new Map(),
};

function xattrsOf(path: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const name of llistxattr(cpath(path)).sort()) {
    const value = ownXattr.test(name) ? lgetxattr(cpath(path), name) : undefined;
    if (value !== undefined) values.set(name, value.toString('latin1'));
  }
  return values;
}

/** As gnu_dev_major() and gnu_dev_minor() of <sys/sysmacros.h> read it. */
function deviceOf({ rdev }: Stats): { major: number; minor: number } {
  const device = BigInt(rdev);
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}
