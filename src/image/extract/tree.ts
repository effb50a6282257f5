import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { AppError, hasCode } from '../../base/index.ts';
import { lsetxattr, mknod, S_IFBLK, S_IFCHR, S_IFIFO, setTimes } from '../../syscall/files.ts';
import type { Entry } from './header.ts';
import { parentOf, pathOf, printable, targetOf } from './names.ts';
import type { TarSink } from './tar.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const cpath = (path: string): Buffer => bytes(`${path}\0`);

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const maxEntries = 4_000_000;

/** Attributes that an archive may set. Never trusted.overlay.*: those steer the overlay itself. */
const isAllowedXattr = (name: string): boolean =>
  name === 'security.capability' || name.startsWith('user.') || name.startsWith('system.posix_acl_');

/**
 * Writes a layer's entries to the root directory of this process, in the form overlayfs reads: a whiteout is a 0/0
 * character device, an opaque folder carries trusted.overlay.opaque. Only for a process that has called chroot(2):
 * that, and not the names, keeps every link and ".." inside.
 */
export class LayerTree implements TarSink {
  /** Sum of the sizes of all files, in bytes. */
  size = 0;
  #entries = 0;
  #file: { readonly fd: number; readonly path: string; readonly entry: Entry } | undefined;
  /** Folders known to be there, so that most entries need no look-up. */
  #folders = new Set<string>(['/']);
  /** Set last: making files in a folder changes its time. */
  readonly #folderTimes = new Map<string, Entry['mtime']>();

  begin(entry: Entry): void {
    if (++this.#entries > maxEntries) throw new AppError('invalid', `invalid archive: more than ${maxEntries} entries`);
    const target = targetOf(entry.name);
    if (target.kind === 'skip') return;
    try {
      this.#parents(target.path);
      if (target.kind === 'opaque') this.#opaque(target.path);
      else if (target.kind === 'whiteout') this.#whiteout(target.path);
      else this.#make(target.path, entry);
    } catch (error) {
      throw refused(entry.name, error);
    }
  }

  data(chunk: Buffer): void {
    if (this.#file === undefined) return;
    for (let at = 0; at < chunk.length; ) at += writeSync(this.#file.fd, chunk, at);
  }

  end(): void {
    if (this.#file === undefined) return;
    const { fd, path, entry } = this.#file;
    this.#file = undefined;
    fchownSync(fd, entry.uid, entry.gid);
    fchmodSync(fd, entry.mode); // after chown, which clears setuid
    closeSync(fd);
    this.#xattrs(path, entry);
    setTimes(cpath(path), entry.mtime.seconds, entry.mtime.nanoseconds);
  }

  /** To be called once, after the last entry. */
  finish(): void {
    for (const [path, { seconds, nanoseconds }] of this.#folderTimes) {
      if (lookup(path)?.isDirectory()) setTimes(cpath(path), seconds, nanoseconds);
    }
  }

  #parents(path: string): void {
    const parent = parentOf(path);
    if (this.#folders.has(parent)) return;
    mkdirSync(bytes(parent), { recursive: true, mode: 0o755 });
    this.#folders.add(parent);
  }

  #make(path: string, entry: Entry): void {
    if (path === '/' && entry.type !== '5') throw new AppError('invalid', 'only a folder can be the root');
    if (entry.type === '5') this.#folder(path, entry);
    else if (entry.type === '0') this.#openFile(path, entry);
    else if (entry.type === '1') this.#replacing(path, () => linkSync(bytes(pathOf(entry.linkname)), bytes(path)));
    else this.#special(path, entry);
  }

  #special(path: string, entry: Entry): void {
    this.#replacing(path, () => makeSpecial(path, entry));
    lchownSync(bytes(path), entry.uid, entry.gid);
    if (entry.type !== '2') chmodSync(bytes(path), entry.mode);
    this.#xattrs(path, entry);
    setTimes(cpath(path), entry.mtime.seconds, entry.mtime.nanoseconds);
  }

  #openFile(path: string, entry: Entry): void {
    const fd = this.#replacing(path, () => openSync(bytes(path), newFile, 0o600));
    this.#file = { fd, path, entry };
    this.size += entry.size;
  }

  #folder(path: string, entry: Entry): void {
    if (path !== '/') this.#makeFolder(path);
    this.#folders.add(path);
    lchownSync(bytes(path), entry.uid, entry.gid);
    chmodSync(bytes(path), entry.mode);
    this.#xattrs(path, entry);
    this.#folderTimes.set(path, entry.mtime);
  }

  /** A folder over a folder keeps its content; over this layer's own whiteout it hides what is below. */
  #makeFolder(path: string): void {
    const before = lookup(path);
    if (before?.isDirectory()) return;
    if (before !== undefined) this.#remove(path);
    mkdirSync(bytes(path), 0o755);
    if (before !== undefined && isWhiteout(before)) this.#opaque(path);
  }

  #whiteout(path: string): void {
    const before = lookup(path);
    if (before?.isDirectory()) this.#opaque(path);
    else if (before === undefined) mknod(cpath(path), S_IFCHR, 0, 0);
  }

  #opaque(path: string): void {
    if (!this.#folders.has(path)) mkdirSync(bytes(path), { recursive: true, mode: 0o755 });
    lsetxattr(cpath(path), 'trusted.overlay.opaque', bytes('y'));
  }

  /** The later of two entries with one name wins. */
  #replacing<T>(path: string, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      this.#remove(path);
      return make();
    }
  }

  #remove(path: string): void {
    rmSync(bytes(path), { recursive: true, force: true });
    this.#folders = new Set(['/']);
  }

  #xattrs(path: string, entry: Entry): void {
    for (const [name, value] of entry.xattrs) {
      if (isAllowedXattr(name)) lsetxattr(cpath(path), name, bytes(value));
    }
  }
}

function makeSpecial(path: string, entry: Entry): void {
  if (entry.type === '2') symlinkSync(bytes(entry.linkname), bytes(path));
  else if (entry.type === '3') mknod(cpath(path), S_IFCHR | entry.mode, entry.major, entry.minor);
  else if (entry.type === '4') mknod(cpath(path), S_IFBLK | entry.mode, entry.major, entry.minor);
  else if (entry.type === '6') mknod(cpath(path), S_IFIFO | entry.mode, 0, 0);
  else throw new AppError('invalid', `unhandled tar header type ${entry.type.charCodeAt(0)}`);
}

const lookup = (path: string): Stats | undefined => lstatSync(bytes(path), { throwIfNoEntry: false });
const isWhiteout = (stats: Stats): boolean => stats.isCharacterDevice() && stats.rdev === 0;

/** The archive's fault, as far as it can be told from the machine's (a full disk). */
function refused(name: string, error: unknown): unknown {
  const archive = [
    'EEXIST',
    'ENOENT',
    'ENOTDIR',
    'EISDIR',
    'ELOOP',
    'ENAMETOOLONG',
    'EPERM',
    'EINVAL',
    'EXDEV',
    'EMLINK',
  ];
  const isArchive = error instanceof AppError || archive.some((code) => hasCode(error, code));
  if (!(error instanceof Error) || !isArchive) return error;
  return new AppError('invalid', `invalid archive: ${printable(name)}: ${error.message}`, { cause: error });
}
