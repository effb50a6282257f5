import { readdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CgroupTree } from './tree.ts';

/** The parent groups of engines: of the machine's own, and of those with a data root elsewhere. */
const ofEngine = /^portolan(-[0-9a-f]{8})?$/;
/** A younger one may be about to be used. */
const oldMs = 60_000;

/**
 * Removes parent groups that engines left which were killed and never came back. The kernel removes empty groups only,
 * so what is in use stays; an engine that has nothing running makes its own again.
 */
export async function removeAbandoned(tree: Pick<CgroupTree, 'hierarchies'>, now = Date.now()): Promise<void> {
  await Promise.all(tree.hierarchies.map((hierarchy) => removeFrom(hierarchy, now)));
}

async function removeFrom(hierarchy: string, now: number): Promise<void> {
  const names = await readdir(hierarchy).catch(() => []);
  for (const name of names.filter((one) => ofEngine.test(one))) {
    const parent = join(hierarchy, name);
    const made = await stat(parent).catch(() => undefined);
    if (made === undefined || now - made.mtimeMs < oldMs) continue;
    for (const group of [join(parent, 'conmon'), parent]) await rmdir(group).catch(() => {}); // in use, or not there
  }
}
