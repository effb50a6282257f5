import { AppError } from '../../base/index.ts';
import type { HostConfig, UpdateBody } from '../../contract/index.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import { checkLimits } from '../create/check/limits.ts';
import { checkRestartPolicy } from '../create/check/restart-policy.ts';
import type { Parts } from '../parts.ts';
import { resourcesOf } from './spec.ts';

/** POST /containers/{id}/update: new limits, live when it runs. Zero and empty values leave things as they are. */
export async function updateContainer(
  parts: Parts,
  container: Container,
  body: UpdateBody,
): Promise<{ readonly Warnings: null }> {
  if (container.state.status === 'removing')
    throw new AppError('conflict', 'container is marked for removal and cannot be updated');
  const { RestartPolicy, ...limits } = body;
  const changed = Object.fromEntries(Object.entries(limits).filter(([, value]) => isSet(value)));
  const hostConfig: HostConfig = {
    ...container.record.hostConfig,
    ...changed,
    ...(RestartPolicy.Name === '' ? {} : { RestartPolicy }),
  };
  if (hostConfig.MemorySwap > 0 && hostConfig.Memory > hostConfig.MemorySwap) throw swapTooSmall(container.id);
  checkLimits(hostConfig);
  if (hostConfig.AutoRemove && hostConfig.RestartPolicy.Name !== 'no') {
    throw new AppError('invalid', 'Restart policy cannot be updated because AutoRemove is enabled for the container');
  }
  checkRestartPolicy(hostConfig);
  if (container.running && Object.keys(changed).length > 0)
    await parts.runtime.update(container.id, resourcesOf(hostConfig));
  container.update({ hostConfig });
  announce(parts, container, 'update');
  return { Warnings: null };
}

const swapTooSmall = (id: string): AppError =>
  new AppError(
    'conflict',
    `Cannot update container ${id}: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time`,
  );

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== 0 && value !== '' && value !== null && value !== false;
}
