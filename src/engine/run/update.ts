import { AppError } from '../../base/index.ts';
import type { HostConfig, UpdateBody } from '../../contract/index.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import { checkLimits } from '../create/validate.ts';
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
  checkLimits(hostConfig);
  if (hostConfig.AutoRemove && hostConfig.RestartPolicy.Name !== 'no') {
    throw new AppError('invalid', 'Restart policy cannot be updated because AutoRemove is enabled for the container');
  }
  if (container.running && Object.keys(changed).length > 0)
    await parts.runtime.update(container.id, resourcesOf(hostConfig));
  container.update({ hostConfig });
  announce(parts, container, 'update');
  return { Warnings: null };
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== 0 && value !== '' && value !== null && value !== false;
}
