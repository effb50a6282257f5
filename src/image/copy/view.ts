import { closeSync, constants, mkdirSync, openSync, readFileSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { AppError, hasCode, unescapeMountPath } from '../../base/index.ts';
import { chroot } from '../../syscall/files.ts';
import {
  MNT_DETACH,
  MS_BIND,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  mount,
  UMOUNT_NOFOLLOW,
  umount,
} from '../../syscall/mount.ts';
import { joinMounts, leaveMounts } from '../../syscall/mount-ns.ts';
import { O_PATH, openInRoot } from '../../syscall/openat2.ts';
import type { View, ViewMount } from './order.ts';

/**
 * Makes a container's files the root directory of this thread, in a mount namespace that is the thread's alone. From
 * then on the kernel looks every name up inside: no link, no ".." and no folder that the container swaps for a link
 * meanwhile leads out. The kernel's own file systems are taken away first: links like /proc/PID/root do lead out, and
 * nobody copies what is in /sys.
 */
export function enterView(view: View): void {
  if (view.pid === undefined) assemble(view);
  else join(view, view.pid);
  process.chdir('/');
}

function join({ rootfs }: View, pid: number): void {
  const root = statSync(rootfs);
  const namespace = openedOf(pid, 'ns/mnt');
  const kernels = kernelMounts(readOf(pid, 'mountinfo'));
  leaveMounts();
  joinMounts(namespace);
  closeSync(namespace);
  leaveMounts();
  // The number may be another process's by now.
  if (!isSame(statSync('/'), root)) throw ended();
  for (const path of kernels.toReversed()) detach(path);
}

function assemble({ rootfs, mounts, readOnlyRootfs }: View): void {
  leaveMounts();
  const rootFd = openSync(rootfs, constants.O_RDONLY | constants.O_DIRECTORY);
  for (const one of mounts) bindInto(rootFd, one);
  if (readOnlyRootfs) mount(null, rootfs, null, MS_BIND | MS_REMOUNT | MS_RDONLY, null);
  closeSync(rootFd);
  chroot(rootfs);
}

function bindInto(rootFd: number, { source, subpath, destination, writable }: ViewMount): void {
  const what = subpath === undefined ? openSync(source, O_PATH) : openedIn(source, subpath);
  const from = `/proc/self/fd/${what}`;
  const target = mountPoint(rootFd, destination, statSync(from).isDirectory());
  mount(from, `/proc/self/fd/${target}`, null, MS_BIND | MS_REC, null);
  closeSync(what);
  closeSync(target);
  if (writable) return;
  const inside = openInRoot(rootFd, destination, 0);
  mount(null, `/proc/self/fd/${inside}`, null, MS_BIND | MS_REMOUNT | MS_RDONLY, null);
  closeSync(inside);
}

/** Looked up as if the folder were the root. */
function openedIn(folder: string, path: string): number {
  const root = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return openInRoot(root, path, 0);
  } finally {
    closeSync(root);
  }
}

/** A descriptor of what to mount over, made when it is missing: by way of the container's own links, never past its root. */
function mountPoint(rootFd: number, destination: string, isFolder: boolean): number {
  const parts = destination.split('/').filter((part) => part !== '');
  parts.forEach((name, i) => {
    const path = `/${parts.slice(0, i + 1).join('/')}`;
    if (existsIn(rootFd, path)) return;
    const parent = openInRoot(rootFd, `/${parts.slice(0, i).join('/')}`);
    const made = `/proc/self/fd/${parent}/${name}`;
    if (i + 1 < parts.length || isFolder) mkdirSync(made, 0o755);
    else writeFileSync(made, '', { flag: 'wx', mode: 0o755 });
    closeSync(parent);
  });
  return openInRoot(rootFd, destination, 0);
}

function existsIn(rootFd: number, path: string): boolean {
  try {
    closeSync(openInRoot(rootFd, path, 0));
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** File systems that show the kernel and hold no files. */
const kernelKinds: ReadonlySet<string | undefined> = new Set(['proc', 'sysfs', 'cgroup', 'cgroup2', 'mqueue']);

/** proc_pid_mountinfo(5): where such file systems are mounted. */
export function kernelMounts(mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => kernelKinds.has(fields[fields.indexOf('-') + 1]))
    .map((fields) => unescapeMountPath(fields[4]!));
}

/** What is below one that was detached went with it. */
function detach(path: string): void {
  try {
    umount(path, MNT_DETACH | UMOUNT_NOFOLLOW);
  } catch (error) {
    if (!hasCode(error, 'EINVAL') && !hasCode(error, 'ENOENT')) throw error;
  }
}

const isSame = (a: Stats, b: Stats): boolean => a.dev === b.dev && a.ino === b.ino;
const ended = (): AppError => new AppError('conflict', 'the container ended meanwhile: ask again');

function openedOf(pid: number, name: string): number {
  return ofProcess(() => openSync(`/proc/${pid}/${name}`, 'r'));
}

function readOf(pid: number, name: string): string {
  return ofProcess(() => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
}

function ofProcess<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) throw ended();
    throw error;
  }
}
