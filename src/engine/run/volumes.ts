import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pinSubpath, unpinSubpath } from '../../volume/index.ts';
import type { Container } from '../container/container.ts';
import type { MountRecord } from '../container/record.ts';
import { imageView } from '../create/wanted-mount.ts';
import type { Parts } from '../parts.ts';

/**
 * Parts of volumes (`volume-subpath`) are looked up once, inside the volume, and kept mounted under a name of the engine's
 * own while the container runs: what the runtime mounts is what was looked up, whoever swaps folders for links meanwhile.
 */
const folderOf = (parts: Pick<Parts, 'options'>, id: string): string => join(parts.options.execRoot, 'subpaths', id);

/** Mounts devices, images, and parts of volumes and images; returns where each mount's source is now. Throws `invalid`. */
export async function prepareVolumes(parts: Parts, { id, record }: Container): Promise<readonly MountRecord[]> {
  const ready: MountRecord[] = [];
  for (const [index, point] of record.mounts.entries()) {
    if (point.Type === 'volume') await parts.volumes.mount(point.Name!, id);
    const { imageId, subpath } = point;
    const view = imageId && (await parts.images.rootfs.view(imageView(id, index), imageId));
    if (subpath === undefined) {
      ready.push(point);
      continue;
    }
    const at = join(folderOf(parts, id), String(index));
    if (view === undefined) await parts.volumes.pin(point.Name!, subpath, at);
    else await pinSubpath(view, subpath, at);
    ready.push({ ...point, Source: at });
  }
  return ready;
}

/** Undoes `prepareVolumes`. Safe to repeat. */
export async function releaseVolumes(parts: Parts, { id, record }: Container): Promise<void> {
  const folder = folderOf(parts, id);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) await unpinSubpath(join(folder, name));
  if (names.length > 0) await unpinSubpath(folder);
  await releaseImages(parts, { id, record });
  await parts.volumes.unmountAll(id, id);
}

/** Unmounts the images that a container has, for itself or for somebody who copied. Safe to repeat. */
export async function releaseImages(
  parts: Pick<Parts, 'images'>,
  { id, record }: Pick<Container, 'id' | 'record'>,
): Promise<void> {
  for (const [index, { imageId }] of record.mounts.entries()) {
    if (imageId !== undefined) await parts.images.rootfs.remove(imageView(id, index));
  }
}
