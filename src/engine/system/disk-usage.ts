import type { Parts } from '../parts.ts';

/** GET /system/df. */
export async function diskUsage(parts: Parts): Promise<object> {
  const { images, containers, volumes } = parts;
  const users = (imageId: string): number => containers.all().filter(({ record }) => record.imageId === imageId).length;
  return {
    LayersSize: images.layersSize(),
    Images: images.list().map(({ id, tags, digests, size, document }) => ({
      Id: id,
      ParentId: '',
      RepoTags: tags,
      RepoDigests: digests,
      Created: Math.floor(Date.parse(document.created ?? '') / 1000) || 0,
      Size: size,
      SharedSize: 0,
      Labels: document.config?.Labels ?? null,
      Containers: users(id),
    })),
    Containers: await Promise.all(
      containers.all().map(async ({ id, record, state }) => ({
        Id: id,
        Names: [`/${record.name}`],
        Image: record.config.Image,
        ImageID: record.imageId,
        Command: record.args.join(' '),
        Created: Math.floor(Date.parse(record.created) / 1000),
        State: state.status,
        Status: state.status,
        SizeRw: await parts.images.rootfs.size(id),
        SizeRootFs: images.list().find((image) => image.id === record.imageId)?.size ?? 0,
        Labels: record.config.Labels,
        Mounts: record.mounts,
      })),
    ),
    Volumes: volumes.list().map(({ id, labels, users: by }) => ({
      Name: id,
      Driver: 'local',
      Mountpoint: volumes.mountpoint(id),
      Labels: labels,
      Scope: 'local',
      UsageData: { Size: -1, RefCount: by.length },
    })),
    BuildCache: [],
  };
}
