import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { hasCode } from '../base/index.ts';
import { openInRoot } from '../syscall/openat2.ts';
import { closeFd } from '../syscall/socket.ts';

const run = promisify(execFile);

/**
 * Copies what `path` holds, looked up inside the root file system `rootfs`, into the folder `to` when that is still
 * empty, and gives `to` the same owner and mode. cp(1) keeps links, devices and attributes. With `by`, a folder beside
 * `to`, all of it appears at once, or not at all: for a folder that nobody has mounted.
 */
export async function copyUp(rootfs: string, path: string, to: string, by: string | undefined): Promise<void> {
  if ((await readdir(to)).length > 0) return;
  await using root = await open(rootfs, constants.O_DIRECTORY);
  const source = folderIn(root.fd, path);
  if (source === undefined) return;
  try {
    const target = by ?? to;
    // What a copy that was cut short has left.
    if (by !== undefined) await rm(by, { recursive: true, force: true });
    if (by !== undefined) await mkdir(by);
    await run('cp', ['--archive', '--no-target-directory', '--', `/proc/${process.pid}/fd/${source}/.`, target]);
    if (by !== undefined) await rename(by, to);
  } finally {
    closeFd(source);
  }
}

/** A descriptor of the folder, or undefined when the image has none there. */
function folderIn(rootFd: number, path: string): number | undefined {
  try {
    return openInRoot(rootFd, path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
