import { linkNames } from '../create/links.ts';
import { imageSummary } from '../image/view.ts';
import type { Parts } from '../parts.ts';
import { summary } from '../view/list.ts';
import { volumeView } from '../volume/view.ts';

/** GET /system/df. */
export async function diskUsage(parts: Parts): Promise<object> {
  const { images, containers, volumes } = parts;
  const users = (imageId: string): number => containers.all().filter(({ record }) => record.imageId === imageId).length;
  const aliases = linkNames(parts);
  const shared = images.sharedSizes();
  return {
    LayersSize: images.layersSize(),
    Images: images
      .list()
      .map((image) => imageSummary(image, [], { SharedSize: shared.get(image.id) ?? 0, Containers: users(image.id) })),
    Containers: await Promise.all(containers.all().map((container) => summary(parts, container, true, aliases))),
    Volumes: await Promise.all(
      volumes.list().map(async (record) => ({
        ...volumeView(parts, record),
        UsageData: { Size: await volumes.size(record.id), RefCount: record.users.length },
      })),
    ),
    BuildCache: [],
  };
}
