import { readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../base/index.ts';
import type { Parts } from '../parts.ts';

/** Where a container keeps what is neither image nor record. */
export type ContainerFiles = {
  readonly dir: string;
  readonly bundle: string;
  readonly log: string;
  readonly hosts: string;
  readonly hostname: string;
  readonly resolvConf: string;
};

export function containerFiles(parts: Pick<Parts, 'options'>, id: string): ContainerFiles {
  const dir = join(parts.options.dataRoot, 'containers', id);
  return {
    dir,
    bundle: join(parts.options.execRoot, 'bundles', id),
    log: join(dir, `${id}.log`),
    hosts: join(dir, 'hosts'),
    hostname: join(dir, 'hostname'),
    resolvConf: join(dir, 'resolv.conf'),
  };
}

/** A folder of a few files, in one call each: rm() of node:fs makes three. Safe to repeat. */
export async function removeFolder(path: string): Promise<void> {
  try {
    const names = await readdir(path);
    await Promise.all(names.map((name) => unlink(join(path, name))));
    await rmdir(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) await rm(path, { recursive: true, force: true });
  }
}
