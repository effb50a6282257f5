import {
  MS_BIND,
  MS_NOATIME,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_REMOUNT,
  MS_SHARED,
  MS_SLAVE,
  MS_STRICTATIME,
  MS_UNBINDABLE,
} from '../syscall/mount.ts';

// More of MS_*, <linux/mount.h>.
const MS_SYNCHRONOUS = 0x10;
const MS_MANDLOCK = 0x40;
const MS_DIRSYNC = 0x80;
const MS_NODIRATIME = 0x800;

/** Options of mount(8) that are bits of mount(2): what each sets, and what it clears. */
const flags: Readonly<Record<string, readonly [set: number, clear: number]>> = {
  defaults: [0, 0],
  ro: [MS_RDONLY, 0],
  rw: [0, MS_RDONLY],
  suid: [0, MS_NOSUID],
  nosuid: [MS_NOSUID, 0],
  dev: [0, MS_NODEV],
  nodev: [MS_NODEV, 0],
  exec: [0, MS_NOEXEC],
  noexec: [MS_NOEXEC, 0],
  sync: [MS_SYNCHRONOUS, 0],
  async: [0, MS_SYNCHRONOUS],
  dirsync: [MS_DIRSYNC, 0],
  remount: [MS_REMOUNT, 0],
  mand: [MS_MANDLOCK, 0],
  nomand: [0, MS_MANDLOCK],
  atime: [0, MS_NOATIME],
  noatime: [MS_NOATIME, 0],
  diratime: [0, MS_NODIRATIME],
  nodiratime: [MS_NODIRATIME, 0],
  bind: [MS_BIND, 0],
  rbind: [MS_BIND | MS_REC, 0],
  relatime: [MS_RELATIME, 0],
  norelatime: [0, MS_RELATIME],
  strictatime: [MS_STRICTATIME, 0],
  nostrictatime: [0, MS_STRICTATIME],
};

const propagations: Readonly<Record<string, number>> = {
  private: MS_PRIVATE,
  rprivate: MS_PRIVATE | MS_REC,
  shared: MS_SHARED,
  rshared: MS_SHARED | MS_REC,
  slave: MS_SLAVE,
  rslave: MS_SLAVE | MS_REC,
  unbindable: MS_UNBINDABLE,
  runbindable: MS_UNBINDABLE | MS_REC,
};

/** Names of options without a value that every file system takes. */
export const mountFlagNames: ReadonlySet<string> = new Set([...Object.keys(flags), ...Object.keys(propagations)]);

export type MountOptions = {
  /** For mount(2). */
  readonly flags: number;
  /** What the file system itself reads. */
  readonly data: string;
  /** How it passes mounts on: set by calls of their own. */
  readonly propagation: readonly number[];
};

/** "ro,noatime,size=10m,rslave". */
export function parseMountOptions(text: string): MountOptions {
  const words = text.split(',').filter((word) => word !== '');
  const bits = words.reduce((sum, word) => {
    const [set, clear] = flags[word] ?? [0, 0];
    return (sum | set) & ~clear;
  }, 0);
  return {
    flags: bits,
    data: words.filter((word) => !mountFlagNames.has(word)).join(','),
    propagation: words.flatMap((word) => propagations[word] ?? []),
  };
}
