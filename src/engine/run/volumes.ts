import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unpinSubpath } from '../../volume/index.ts';
import type { Container } from '../container/container.ts';
import type { MountRecord } from '../container/record.ts';
import type { Parts } from '../parts.ts';

/**
 * Parts of volumes (`volume-subpath`) are looked up once, inside the volume, and kept mounted under a name of the engine's
 * own while the container runs: what the runtime mounts is what was looked up, whoever swaps folders for links meanwhile.
 */
const folderOf = (parts: Pick<Parts, 'options'>, id: string): string => join(parts.options.execRoot, 'subpaths', id);

/** Mounts devices and parts of volumes; returns where each mount's source is now. Throws `invalid`. */
export async function prepareVolumes(parts: Parts, { id, record }: Container): Promise<readonly MountRecord[]> {
  const ready: MountRecord[] = [];
  for (const [index, point] of record.mounts.entries()) {
    if (point.Type === 'volume') await parts.volumes.mount(point.Name!, id);
    if (point.subpath === undefined) {
      ready.push(point);
      continue;
    }
    const at = join(folderOf(parts, id), String(index));
    await parts.volumes.pin(point.Name!, point.subpath, at);
    ready.push({ ...point, Source: at });
  }
  return ready;
}

/** Undoes `prepareVolumes`. Safe to repeat. */
export async function releaseVolumes(parts: Parts, { id }: Container): Promise<void> {
  const folder = folderOf(parts, id);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) await unpinSubpath(join(folder, name));
  if (names.length > 0) await unpinSubpath(folder);
  await parts.volumes.unmountAll(id, id);
}
