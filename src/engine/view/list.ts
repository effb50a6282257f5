import { type ContainerSummary, checkFilters, type Filters } from '../../contract/index.ts';
import type { Container } from '../container/container.ts';
import { linkNames } from '../create/links.ts';
import type { Parts } from '../parts.ts';
import { commandText } from './command-text.ts';
import { matchesAll } from './filter.ts';
import { checkValues } from './filter-values.ts';
import { endpointViews, sizeOfImage } from './inspect.ts';
import { mountViews } from './mount-view.ts';
import { portSummaries } from './port-view.ts';
import { statusText } from './status-text.ts';

export type ListOptions = {
  readonly all: boolean;
  readonly limit: number;
  readonly size: boolean;
  readonly filters: Filters;
};

const knownFilters = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
];

/** GET /containers/json, newest first. */
export async function listContainers(parts: Parts, options: ListOptions): Promise<ContainerSummary[]> {
  const { filters } = options;
  checkFilters(filters, knownFilters);
  checkValues(filters);
  const all = options.all || options.limit > 0 || (filters['status'] ?? []).length > 0;
  let found = parts.containers
    .all()
    .filter((container) => all || container.running || container.state.status === 'restarting');
  found = between(parts, found, filters).filter(matchesAll(parts, filters));
  if (options.limit > 0) found = found.slice(0, options.limit);
  const aliases = linkNames(parts);
  return Promise.all(found.map((container) => summary(parts, container, options.size, aliases)));
}

/** `before` and `since` name a container: what is older, what is newer than it. */
function between(parts: Parts, containers: readonly Container[], filters: Filters): readonly Container[] {
  const created = (ref: string): string => parts.containers.find(ref).record.created;
  const before = (filters['before'] ?? []).map(created);
  const since = (filters['since'] ?? []).map(created);
  return containers.filter(
    ({ record }) => before.every((time) => record.created < time) && since.every((time) => record.created > time),
  );
}

/** One item of ps, also in `system df`. */
export async function summary(
  parts: Parts,
  container: Container,
  size: boolean,
  aliases: ReturnType<typeof linkNames>,
): Promise<ContainerSummary> {
  const { record } = container;
  const annotations = record.hostConfig.Annotations;
  const published = parts.network.sandboxOf(record.id)?.sandbox.ports ?? [];
  const exposed = container.running ? Object.keys(record.config.ExposedPorts) : [];
  return {
    Id: record.id,
    Names: [`/${record.name}`, ...(aliases.get(record.id) ?? [])],
    Image: imageName(parts, container),
    ImageID: record.imageId,
    Command: commandText(record.args),
    Created: Math.floor(Date.parse(record.created) / 1000),
    Ports: portSummaries(published, exposed),
    ...(size ? await sizes(parts, container) : {}),
    Labels: record.config.Labels,
    State: container.state.status,
    Status: statusText(container.state, new Date()),
    HostConfig: {
      NetworkMode: record.hostConfig.NetworkMode,
      ...(Object.keys(annotations).length === 0 ? {} : { Annotations: annotations }),
    },
    NetworkSettings: { Networks: endpointViews(parts, container) },
    Mounts: mountViews(record.mounts),
  };
}

async function sizes(parts: Parts, { record }: Container): Promise<{ SizeRw?: number; SizeRootFs: number }> {
  const rw = await parts.images.rootfs.size(record.id);
  return { ...(rw === 0 ? {} : { SizeRw: rw }), SizeRootFs: rw + sizeOfImage(parts, record.imageId) };
}

/** As asked for, while that name still means the same image; its id after the name moved on. */
function imageName(parts: Parts, { record }: Container): string {
  try {
    return parts.images.get(record.config.Image).id === record.imageId ? record.config.Image : record.imageId;
  } catch {
    return record.imageId;
  }
}
