import { mkdir } from 'node:fs/promises';
import { newId } from '../../base/index.ts';
import type { MountRecord } from '../container/record.ts';
import type { Parts } from '../parts.ts';
import { asked } from './asked.ts';
import { imageView, type WantedMount } from './wanted-mount.ts';

/** For the container's record, mount by mount of the plan; volumes without a name are given one. Makes nothing. */
export const mountRecords = (
  parts: Pick<Parts, 'volumes' | 'images'>,
  containerId: string,
  plan: readonly WantedMount[],
): readonly MountRecord[] =>
  plan.map((wanted, index) => {
    if (wanted.kind === 'path') return wanted.point;
    if (wanted.kind === 'image') return imagePoint(parts, imageView(containerId, index), wanted);
    return volumePoint(parts, wanted);
  });

/** The volumes that are given what the image has in their place. */
export const filledOf = (plan: readonly WantedMount[], mounts: readonly MountRecord[]): readonly MountRecord[] =>
  mounts.filter((_, index) => {
    const wanted = plan[index]!;
    return wanted.kind === 'volume' && wanted.isFilled;
  });

/** Makes what is missing of a container's mounts, and marks it as a user of its volumes. */
export async function makeMounts(
  parts: Pick<Parts, 'volumes' | 'events'>,
  { id, record }: { readonly id: string; readonly record: { readonly mounts: readonly MountRecord[] } },
  plan: readonly WantedMount[],
): Promise<void> {
  for (const [index, wanted] of plan.entries()) {
    const point = record.mounts[index]!;
    if (wanted.kind === 'volume') await makeVolume(parts, id, point, wanted);
    else if (point.Type === 'volume') parts.volumes.acquire(point.Name!, id);
    else if (wanted.kind === 'path' && wanted.makeSource) await makeSource(point.Source);
  }
}

async function makeSource(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function makeVolume(
  parts: Pick<Parts, 'volumes' | 'events'>,
  user: string,
  point: MountRecord,
  wanted: Extract<WantedMount, { kind: 'volume' }>,
): Promise<void> {
  const request = { ...wanted, name: point.Name!, anonymous: wanted.name === '' };
  const { record, fresh } = await parts.volumes.create(request, user).catch(invalidIfMissing);
  if (fresh) parts.events.emit('volume', 'create', record.id, { driver: 'local' });
}

function volumePoint(
  { volumes }: Pick<Parts, 'volumes'>,
  wanted: Extract<WantedMount, { kind: 'volume' }>,
): MountRecord {
  const name = wanted.name === '' ? newId() : wanted.name;
  return {
    Type: 'volume',
    Name: name,
    Source: volumes.mountpoint(name),
    Destination: wanted.destination,
    Driver: 'local',
    Mode: wanted.mode,
    RW: !wanted.readOnly,
    Propagation: '',
    ...(wanted.subpath !== undefined && { subpath: wanted.subpath }),
    ...(wanted.name === '' && { nameless: true }),
  };
}

function imagePoint(
  { images }: Pick<Parts, 'images'>,
  view: string,
  { image, destination, subpath }: Extract<WantedMount, { kind: 'image' }>,
): MountRecord {
  const { id } = asked(() => images.get(image));
  return {
    Type: 'image',
    Name: image,
    Source: images.rootfs.paths(view, id).merged,
    Destination: destination,
    Mode: '',
    RW: false,
    Propagation: 'rprivate',
    imageId: id,
    ...(subpath !== undefined && { subpath }),
  };
}

const invalidIfMissing = (error: unknown): never =>
  asked(() => {
    throw error;
  });
