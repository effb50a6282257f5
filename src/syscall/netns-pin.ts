import { closeSync, openSync, unlinkSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { AppError, hasCode } from '../base/index.ts';
import { MNT_DETACH, umountAsync } from './mount.ts';
import { endOf, spawnProcess } from './spawn.ts';

/** Of util-linux, which every Linux system has. */
const unsharePath = '/usr/bin/unshare';
/** Takes names below /proc/sys and their values, in turns. */
const writeSysctls = 'set -e; while [ $# -gt 0 ]; do echo "$2" > "/proc/sys/$1"; shift 2; done';

/**
 * Makes a new network namespace that outlives the process: bind-mounted at `path`, a file that must not exist in a
 * folder that must. `sysctls` are the values it begins with, by name with slashes ("net/ipv4/ip_forward").
 *
 * A process of its own does it: making a namespace, and some of its sysctls, waits for the lock of all links (rtnl),
 * which the kernel holds for 10 to 50 ms while it takes another namespace apart; and only the thread that asks for a
 * namespace gets it, so that the thread pool cannot ask.
 */
export async function pinNetns(path: string, sysctls: Readonly<Record<string, string>> = {}): Promise<void> {
  closeSync(openSync(path, 'wx', 0o444));
  try {
    const inside = ['sh', '-c', writeSysctls, 'sh', ...Object.entries(sysctls).flat()];
    await runUnshare([`--net=${path}`, ...inside]);
  } catch (error) {
    await umountAsync(path, MNT_DETACH).catch(ignore('EINVAL'));
    unlinkSync(path);
    throw error;
  }
}

async function runUnshare(args: readonly string[]): Promise<void> {
  const nothing = openSync('/dev/null', 'r+');
  try {
    const env = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
    const fds = [nothing, nothing, nothing];
    const pid = await spawnProcess({ path: unsharePath, args: ['unshare', ...args], env, cwd: '/', fds });
    const status = await endOf(pid);
    if (status !== 0) throw new AppError('internal', `unshare ${args[0]}: ended with status ${status}`);
  } finally {
    closeSync(nothing);
  }
}

/** Undoes `pinNetns`; the namespace goes when its last process and descriptor do. Safe to repeat. */
export async function unpinNetns(path: string): Promise<void> {
  // ENOENT: nothing there; EINVAL: a file, but not mounted on.
  await umountAsync(path, MNT_DETACH).catch(ignore('ENOENT', 'EINVAL'));
  await unlink(path).catch(ignore('ENOENT'));
}

function ignore(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.some((code) => hasCode(error, code))) throw error;
  };
}
