import type { Parts } from '../parts.ts';
import { summary } from '../view/list.ts';
import { volumeView } from '../volume/view.ts';

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
    Containers: await Promise.all(containers.all().map((container) => summary(parts, container, true))),
    Volumes: await Promise.all(
      volumes.list().map(async (record) => ({
        ...volumeView(parts, record),
        UsageData: { Size: await volumes.size(record.id), RefCount: record.users.length },
      })),
    ),
    BuildCache: [],
  };
}
