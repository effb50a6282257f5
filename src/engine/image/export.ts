import type { Readable } from 'node:stream';
import { messageOf } from '../../base/index.ts';
import { heldStream, pack } from '../../image/index.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';

/** The container's whole root file system as an archive; what is mounted into it is not part of it. */
export async function exportContainer(parts: Parts, container: Container): Promise<Readable> {
  const held = await parts.images.rootfs.read(container.id, container.record.imageId);
  const archive = pack({ root: held.merged, job: { form: 'tree', picks: [{ path: '/', name: '' }] } });
  announce(parts, container, 'export');
  return heldStream(archive, () => {
    held[Symbol.asyncDispose]().then(undefined, (error: unknown) => {
      parts.log.error(`container ${container.id}: clean-up: ${messageOf(error)}`);
    });
  });
}
