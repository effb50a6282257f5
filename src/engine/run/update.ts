import { AppError } from '../../base/index.ts';
import type { HostConfig, UpdateBody } from '../../contract/index.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import { checkLimits } from '../create/check/limits.ts';
import { checkRestartPolicy } from '../create/check/restart-policy.ts';
import { warningsOf } from '../create/host-defaults.ts';
import type { Parts } from '../parts.ts';
import { resourcesOf } from './spec.ts';

/** POST /containers/{id}/update: new limits, live when it runs. Zero and empty values leave things as they are. */
export async function updateContainer(
  parts: Parts,
  container: Container,
  body: UpdateBody,
): Promise<{ readonly Warnings: readonly string[] | null }> {
  if (container.state.status === 'removing')
    throw cannotUpdate(container, 'container is marked for removal and cannot be "update".');
  const { RestartPolicy, ...limits } = body;
  const changed = Object.fromEntries(Object.entries(limits).filter(([, value]) => isSet(value)));
  const hostConfig: HostConfig = {
    ...container.record.hostConfig,
    ...changed,
    ...(RestartPolicy.Name === '' ? {} : { RestartPolicy }),
  };
  const conflict = conflictOf(limits, container.record.hostConfig, hostConfig);
  if (conflict !== undefined) throw cannotUpdate(container, conflict);
  checkLimits(hostConfig);
  checkRestartPolicy(hostConfig);
  if (container.running && Object.keys(changed).length > 0)
    await parts.runtime.update(container.id, resourcesOf(hostConfig));
  container.update({ hostConfig });
  announce(parts, container, 'update');
  const nothingElse = { PublishAllPorts: false, PortBindings: {}, NetworkMode: '' };
  const warnings = warningsOf({ ...limits, ...nothingElse }, parts.runtime.abilities());
  return { Warnings: warnings.length === 0 ? null : warnings };
}

/** What goes against what the container has already, in Docker's words. */
function conflictOf(asked: Omit<UpdateBody, 'RestartPolicy'>, has: HostConfig, wanted: HostConfig): string | undefined {
  const conflicts: readonly (readonly [boolean, string])[] = [
    [asked.NanoCpus > 0 && has.CpuPeriod > 0, nano('Nano CPUs', 'CPU Period')],
    [asked.NanoCpus > 0 && has.CpuQuota > 0, nano('Nano CPUs', 'CPU Quota')],
    [asked.CpuPeriod > 0 && has.NanoCpus > 0, nano('CPU Period', 'NanoCPUs')],
    [asked.CpuQuota > 0 && has.NanoCpus > 0, nano('CPU Quota', 'NanoCPUs')],
    [
      asked.MemorySwap === 0 && wanted.MemorySwap > 0 && wanted.Memory > wanted.MemorySwap,
      'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time',
    ],
    [
      wanted.AutoRemove && wanted.RestartPolicy.Name !== 'no',
      'Restart policy cannot be updated because AutoRemove is enabled for the container',
    ],
  ];
  return conflicts.find(([holds]) => holds)?.[1];
}

const nano = (asked: string, has: string): string =>
  `Conflicting options: ${asked} cannot be updated as ${has} has already been set`;

const cannotUpdate = ({ id }: Container, why: string): AppError =>
  new AppError('conflict', `Cannot update container ${id}: ${why}`);

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== 0 && value !== '' && value !== null && value !== false;
}
