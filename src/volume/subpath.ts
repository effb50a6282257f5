import { constants } from 'node:fs';
import { mkdir, open, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, hasCode } from '../base/index.ts';
import { MNT_DETACH, MS_BIND, MS_REC, mountAsync, UMOUNT_NOFOLLOW, umountAsync } from '../syscall/mount.ts';
import { openInRoot } from '../syscall/openat2.ts';
import { closeFd } from '../syscall/socket.ts';

/** Mounts what is at `path` inside the folder `root` at `at`, which is made: no link in there leads out of the folder. */
export async function pinSubpath(root: string, path: string, at: string): Promise<void> {
  await using folder = await open(root, constants.O_DIRECTORY);
  const fd = opened(folder.fd, root, path);
  try {
    const source = `/proc/${process.pid}/fd/${fd}`;
    await mkdir(dirname(at), { recursive: true, mode: 0o700 });
    if ((await stat(source)).isDirectory()) await mkdir(at, { mode: 0o700 });
    else await writeFile(at, '', { flag: 'wx', mode: 0o600 });
    await mountAsync(source, at, null, MS_BIND | MS_REC, null);
  } catch (error) {
    await unpinSubpath(at);
    throw error;
  } finally {
    closeFd(fd);
  }
}

function opened(rootFd: number, root: string, path: string): number {
  try {
    return openInRoot(rootFd, path, 0);
  } catch (error) {
    const known = { ENOENT: 'no such file or directory', ENOTDIR: 'not a directory', ELOOP: 'too many links' };
    for (const [code, why] of Object.entries(known)) {
      if (hasCode(error, code))
        throw new AppError('invalid', `cannot access path ${root}/${path}: ${why}`, { cause: error });
    }
    throw error;
  }
}

/** Undoes `pinSubpath`. Safe to repeat. */
export async function unpinSubpath(at: string): Promise<void> {
  try {
    await umountAsync(at, MNT_DETACH | UMOUNT_NOFOLLOW);
  } catch (error) {
    if (!hasCode(error, 'EINVAL') && !hasCode(error, 'ENOENT')) throw error;
  }
  // An empty folder or an empty file of ours: never more than that, should it still be mounted.
  await rmdir(at).catch(async (error: unknown) => {
    if (hasCode(error, 'ENOTDIR')) await unlink(at);
    else if (!hasCode(error, 'ENOENT')) throw error;
  });
}
