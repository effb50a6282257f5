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
import { parentOf, printable } from './names.ts';
import type { TarSink } from './tar.ts';

export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
export const cpath = (path: string): Buffer => bytes(`${path}\0`);

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const maxEntries = 4_000_000;

/** Attributes that an archive may set. Never trusted.overlay.*: those steer the overlay itself. */
const isAllowedXattr = (name: string): boolean =>
  name === 'security.capability' || name.startsWith('user.') || name.startsWith('system.posix_acl_');

/**
 * Writes an archive's entries below a folder. Only for a process that has called chroot(2): that, and not the names,
 * keeps every link and ".." inside.
 */
export abstract class FileTree implements TarSink {
  /** Sum of the sizes of all files and symbolic links, in bytes. */
  size = 0;
  #entries = 0;
  #file: { readonly fd: number; readonly path: string; readonly entry: Entry } | undefined;
  /** Folders known to be there, so that most entries need no look-up. */
  #folders = new Set<string>(['/']);
  /** Set last: making files in a folder changes its time. */
  readonly #folderTimes = new Map<string, Entry['mtime']>();

  begin(entry: Entry): void {
    if (++this.#entries > maxEntries) throw new AppError('invalid', `invalid archive: more than ${maxEntries} entries`);
    try {
      this.place(entry);
    } catch (error) {
      throw refused(entry.name, error);
    }
  }

  /** Decides where an entry goes. */
  protected abstract place(entry: Entry): void;

  /** The path that a name of the archive stands for, as hard links give it. */
  protected abstract pathFor(name: string): string;

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
    setXattrs(path, entry);
    setTimes(cpath(path), entry.mtime.seconds, entry.mtime.nanoseconds);
  }

  /** To be called once, after the last entry. */
  finish(): void {
    for (const [path, { seconds, nanoseconds }] of this.#folderTimes) {
      if (lookup(path)?.isDirectory()) setTimes(cpath(path), seconds, nanoseconds);
    }
  }

  protected parents(path: string): void {
    this.folderAt(parentOf(path));
  }

  /** Makes a folder that the archive has no entry for, and those above it. */
  protected folderAt(path: string): void {
    if (this.#folders.has(path)) return;
    const first = mkdirSync(bytes(path), { recursive: true, mode: 0o755 });
    if (first !== undefined) this.made(Buffer.from(first).toString('latin1'), path);
    this.#folders.add(path);
  }

  /** The folders from `first` down to `last` were made without an entry. */
  protected made(_first: string, _last: string): void {}

  protected make(path: string, entry: Entry): void {
    if (path === '/' && entry.type !== '5') throw new AppError('invalid', 'only a folder can be the root');
    if (entry.type === '5') this.#folder(path, entry);
    else if (entry.type === '0') this.#openFile(path, entry);
    else if (entry.type === '1')
      this.#replacing(path, () => linkSync(bytes(this.pathFor(entry.linkname)), bytes(path)));
    else this.#special(path, entry);
  }

  #special(path: string, entry: Entry): void {
    this.#replacing(path, () => makeSpecial(path, entry));
    if (entry.type === '2') this.size += entry.linkname.length;
    lchownSync(bytes(path), entry.uid, entry.gid);
    if (entry.type !== '2') chmodSync(bytes(path), entry.mode);
    setXattrs(path, entry);
    setTimes(cpath(path), entry.mtime.seconds, entry.mtime.nanoseconds);
  }

  #openFile(path: string, entry: Entry): void {
    const fd = this.#replacing(path, () => openSync(bytes(path), newFile, 0o600));
    this.#file = { fd, path, entry };
    this.size += entry.size;
  }

  #folder(path: string, entry: Entry): void {
    if (path !== '/') this.makeFolder(path);
    this.#folders.add(path);
    lchownSync(bytes(path), entry.uid, entry.gid);
    chmodSync(bytes(path), entry.mode);
    setXattrs(path, entry);
    this.#folderTimes.set(path, entry.mtime);
  }

  /** A folder over a folder keeps its content. Returns what was there before. */
  protected makeFolder(path: string): Stats | undefined {
    const before = lookup(path);
    if (before?.isDirectory()) return before;
    if (before !== undefined) this.#remove(path);
    mkdirSync(bytes(path), 0o755);
    return before;
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
}

function setXattrs(path: string, entry: Entry): void {
  for (const [name, value] of entry.xattrs) {
    if (isAllowedXattr(name)) lsetxattr(cpath(path), name, bytes(value));
  }
}

function makeSpecial(path: string, entry: Entry): void {
  if (entry.type === '2') symlinkSync(bytes(entry.linkname), bytes(path));
  else if (entry.type === '3') mknod(cpath(path), S_IFCHR | entry.mode, entry.major, entry.minor);
  else if (entry.type === '4') mknod(cpath(path), S_IFBLK | entry.mode, entry.major, entry.minor);
  else if (entry.type === '6') mknod(cpath(path), S_IFIFO | entry.mode, 0, 0);
  else throw new AppError('invalid', `unhandled tar header type ${entry.type.charCodeAt(0)}`);
}

export const lookup = (path: string): Stats | undefined => lstatSync(bytes(path), { throwIfNoEntry: false });

/** The archive's fault, as far as it can be told from the machine's (a full disk). */
function refused(name: string, error: unknown): unknown {
  const archive = [
    'EBUSY',
    'EEXIST',
    'ENOENT',
    'ENOTDIR',
    'EISDIR',
    'ELOOP',
    'ENAMETOOLONG',
    'EPERM',
    'EINVAL',
    'EROFS',
    'EXDEV',
    'EMLINK',
  ];
  const isArchive = error instanceof AppError || archive.some((code) => hasCode(error, code));
  if (!(error instanceof Error) || !isArchive) return error;
  return new AppError('invalid', `invalid archive: ${printable(name)}: ${error.message}`, { cause: error });
}
