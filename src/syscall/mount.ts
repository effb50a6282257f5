import { bind, bindAsync } from './libc.ts';

// MS_*, <linux/mount.h>.
export const MS_RDONLY = 0x1;
export const MS_NOSUID = 0x2;
export const MS_NODEV = 0x4;
export const MS_NOEXEC = 0x8;
export const MS_REMOUNT = 0x20;
export const MS_NOATIME = 0x400;
export const MS_BIND = 0x1000;
export const MS_MOVE = 0x2000;
export const MS_REC = 0x4000;
export const MS_UNBINDABLE = 0x2_0000;
export const MS_PRIVATE = 0x4_0000;
export const MS_SLAVE = 0x8_0000;
export const MS_SHARED = 0x10_0000;
export const MS_RELATIME = 0x20_0000;
export const MS_STRICTATIME = 0x100_0000;

// MNT_* and UMOUNT_*, <sys/mount.h>.
export const MNT_FORCE = 0x1;
export const MNT_DETACH = 0x2;
export const MNT_EXPIRE = 0x4;
export const UMOUNT_NOFOLLOW = 0x8;

type MountArgs = [source: string | null, target: string, fstype: string | null, flags: number, data: string | null];
type UmountArgs = [target: string, flags: number];

const mountSignature =
  'int mount(const char *source, const char *target, const char *fstype, unsigned long flags, const char *data)';
const umountSignature = 'int umount2(const char *target, int flags)';

/** mount(2). `data` is the file system's own option text, at most one page. */
export const mount = bind<MountArgs>('mount', mountSignature);
/** umount2(2). With MNT_DETACH the name goes at once and the rest when nobody uses it any more. */
export const umount = bind<UmountArgs>('umount', umountSignature);

/** The same on the thread pool: an overlay mount reads disks, an unmount waits for grace periods. */
export const mountAsync = bindAsync<MountArgs>('mount', mountSignature);
export const umountAsync = bindAsync<UmountArgs>('umount', umountSignature);
