import { AppError } from '../../base/index.ts';
import { parseContainerCreate } from '../../contract/index.ts';
import type { ContainerBackend } from '../backend.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/client.ts';
import { json } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import { before } from '../versions/before.ts';
import { containerOf } from '../versions/container.ts';
import { migrateCreate } from '../versions/create.ts';

/** Collections and documents of containers. */
export function containerListRoutes(backend: ContainerBackend): readonly Route[] {
  return [
    { method: 'GET', path: '/containers/json', handle: (call) => list(backend, call) },
    { method: 'POST', path: '/containers/create', handle: (call) => create(backend, call) },
    {
      method: 'POST',
      path: '/containers/prune',
      since: '1.25',
      handle: async ({ query }) => json(200, await backend.prune(query.filters())),
    },
    {
      method: 'GET',
      path: '/containers/:id/json',
      handle: async (call) => {
        const container = await backend.inspect(call.param('id'), { size: call.query.flag('size') });
        return json(200, containerOf(container, call.version));
      },
    },
    {
      method: 'GET',
      path: '/containers/:id/top',
      handle: async (call) => json(200, await backend.top(call.param('id'), call.query.text('ps_args') || '-ef')),
    },
  ];
}

async function list(backend: ContainerBackend, { query }: Call): Promise<Reply> {
  const limit = Math.max(query.whole('limit') ?? 0, 0);
  const options = {
    all: query.flag('all') || limit > 0,
    limit,
    size: query.flag('size'),
    filters: placeFilters(query.filters(), query.text('before'), query.text('since')),
  };
  return json(200, await backend.list(options));
}

/** `before` and `since` are filters under an older name. */
function placeFilters(filters: Readonly<Record<string, readonly string[]>>, before: string, since: string) {
  return { ...filters, ...(before && { before: [before] }), ...(since && { since: [since] }) };
}

async function create(backend: ContainerBackend, call: Call): Promise<Reply> {
  const document = await call.neededJson();
  if (typeof document !== 'object' || document === null || Object.keys(document).length === 0) {
    throw new AppError('invalid', 'config cannot be empty in order to create a container');
  }
  const { body, warnings } = migrateCreate(parseContainerCreate(document), call.version);
  const platform = before(call.version, '1.41') ? '' : call.query.text('platform');
  const { Id, Warnings } = await backend.create(call.query.text('name'), body, platform);
  return json(201, { Id, Warnings: [...warnings, ...Warnings] });
}
