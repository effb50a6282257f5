import { execFile } from 'node:child_process';
import { lstat, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Copies what `from` holds into the empty folder `to`, and gives `to` the owner and mode of `from`. cp(1) keeps links,
 * devices and attributes. Does nothing when `from` is no folder or `to` has content.
 */
export async function copyUp(from: string, to: string): Promise<void> {
  const source = await lstat(from).catch(() => undefined);
  if (source === undefined || !source.isDirectory() || (await readdir(to)).length > 0) return;
  await run('cp', ['--archive', '--no-target-directory', '--', from, to]);
}
