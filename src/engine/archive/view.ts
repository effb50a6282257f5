import { access } from 'node:fs/promises';
import type { CopyAccess, CopyView } from '../../image/index.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import type { MountRecord } from '../container/record.ts';
import { imageView } from '../create/wanted-mount.ts';
import type { Parts } from '../parts.ts';
import type { Borrowed } from './borrow.ts';

/** How a container's files are looked at: from inside while it runs, else put together as a start would. */
export async function viewOf(parts: Parts, container: Container, held: Borrowed): Promise<CopyView> {
  const { rootfs, user } = held;
  const { record, state } = container;
  const readOnlyRootfs = record.hostConfig.ReadonlyRootfs;
  if (container.running && state.pid > 0) return { rootfs, pid: state.pid, mounts: [], readOnlyRootfs };
  const points = (await withImages(parts, container, held)).filter(({ Type }) => Type !== 'tmpfs');
  for (const { Type, Name } of points) if (Type === 'volume') await parts.volumes.mount(Name!, user);
  const chosen = points.map(({ Source, Destination, RW, subpath }) => ({
    source: Source,
    ...(subpath !== undefined && { subpath }),
    destination: Destination,
    writable: RW,
  }));
  const own = await ownFiles(parts, container.id);
  const covered = new Set(record.mounts.map(({ Destination }) => Destination));
  const mounts = [...own.filter(({ destination }) => !covered.has(destination)), ...chosen].sort(
    (a, b) => depth(a.destination) - depth(b.destination),
  );
  return { rootfs, mounts, readOnlyRootfs };
}

/** Mounts the images among its mounts; they go when nobody holds the container any more. */
function withImages(parts: Parts, { id, record }: Container, { signal }: Borrowed): Promise<readonly MountRecord[]> {
  return parts.queue.run(id, async () => {
    signal.throwIfAborted();
    for (const [index, { imageId }] of record.mounts.entries()) {
      if (imageId !== undefined) await parts.images.rootfs.view(imageView(id, index), imageId);
    }
    return record.mounts;
  });
}

/** What may be written to, as Docker tells it: not by the file system, but by what was asked for. */
export function accessOf({ record, running }: Container): CopyAccess {
  const memory = running ? Object.keys(record.hostConfig.Tmpfs) : [];
  return {
    rootfs: !record.hostConfig.ReadonlyRootfs,
    mounts: [
      ...record.mounts
        .filter(({ Type }) => running || Type !== 'tmpfs')
        .map(({ Destination, RW }) => ({ destination: Destination, writable: RW })),
      ...memory.map((destination) => ({ destination: destination.replace(/(.)\/+$/, '$1'), writable: true })),
    ],
  };
}

const depth = (path: string): number => path.split('/').length;

/** The hosts files, which are there once the container was started. */
async function ownFiles(parts: Parts, id: string): Promise<CopyView['mounts']> {
  const { hosts, hostname, resolvConf } = containerFiles(parts, id);
  const all = [
    { source: resolvConf, destination: '/etc/resolv.conf', writable: true },
    { source: hostname, destination: '/etc/hostname', writable: true },
    { source: hosts, destination: '/etc/hosts', writable: true },
  ];
  const there = await Promise.all(
    all.map(({ source }) =>
      access(source).then(
        () => true,
        () => false,
      ),
    ),
  );
  return all.filter((_, i) => there[i]);
}
