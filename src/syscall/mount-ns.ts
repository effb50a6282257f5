import { bind } from './libc.ts';
import { MS_REC, MS_SLAVE, mount } from './mount.ts';

const CLONE_NEWNS = 0x2_0000; // <linux/sched.h>

const setns = bind<[fd: number, type: number]>('setns', 'int setns(int fd, int nstype)');
const unshare = bind<[flags: number]>('unshare', 'int unshare(int flags)');

/**
 * Gives the calling thread a mount namespace of its own, a copy of the one it is in: what it mounts and unmounts from
 * now on is seen by nobody else. The other threads stay behind, so only for a program that does its file calls on one.
 */
export function leaveMounts(): void {
  unshare(CLONE_NEWNS);
  mount(null, '/', null, MS_REC | MS_SLAVE, null);
}

/** Joins the mount namespace behind `fd`; its root becomes the thread's root. Only after `leaveMounts`. */
export const joinMounts = (fd: number): number => setns(fd, CLONE_NEWNS);
