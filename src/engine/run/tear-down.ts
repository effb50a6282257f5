import { messageOf } from '../../base/index.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import type { Parts } from '../parts.ts';

/** Everything a running container has beyond its record. Safe to repeat; goes on past failures and logs them. */
export async function tearDown(parts: Parts, container: Container): Promise<void> {
  const results = await Promise.allSettled([
    parts.runtime
      .delete(container.id, containerFiles(parts, container.id).bundle)
      .then(() => parts.images.rootfs.unmount(container.id)),
    parts.network.sandboxDown(container.id),
  ]);
  for (const result of results) {
    if (result.status === 'rejected')
      parts.log.error(`container ${container.id}: clean-up: ${messageOf(result.reason)}`);
  }
}
