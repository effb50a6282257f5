import { messageOf } from '../../base/index.ts';
import { letGo } from '../archive/borrow.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import type { Parts } from '../parts.ts';
import { leaveNetwork } from './network.ts';
import { releaseVolumes } from './volumes.ts';

/**
 * Everything a running container has beyond its record; one that `restarts` goes on holding the network that it shares.
 * Safe to repeat; goes on past failures and logs them.
 */
export async function tearDown(parts: Parts, container: Container, restarts = false): Promise<void> {
  const results = await Promise.allSettled([
    parts.runtime
      .delete(container.id, containerFiles(parts, container.id).bundle)
      .then(() => letGo(parts, container))
      .then(() => releaseVolumes(parts, container)),
    restarts && parts.shares.shares(container.id) ? undefined : leaveNetwork(parts, container),
  ]);
  for (const result of results) {
    if (result.status === 'rejected')
      parts.log.error(`container ${container.id}: clean-up: ${messageOf(result.reason)}`);
  }
}
