import { AppError } from '../../base/index.ts';
import { type Filters, notManager, parseVolumeCreate } from '../../contract/index.ts';
import type { VolumeBackend } from '../backend.ts';
import { empty, json } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import { before } from '../versions/before.ts';

/** The first API version whose prune leaves named volumes alone. */
const namedKeptSince = '1.42';

export function volumeRoutes(backend: VolumeBackend): readonly Route[] {
  return [
    { method: 'GET', path: '/volumes', handle: async ({ query }) => json(200, await backend.list(query.filters())) },
    {
      method: 'POST',
      path: '/volumes/create',
      handle: async (call) => {
        const body = parseVolumeCreate(await call.json());
        if (body.ClusterVolumeSpec !== null) throw new AppError('unavailable', notManager);
        return json(201, await backend.create(body));
      },
    },
    {
      method: 'POST',
      path: '/volumes/prune',
      since: '1.25',
      handle: async ({ query, version }) => json(200, await backend.prune(pruneFilters(query.filters(), version))),
    },
    {
      method: 'GET',
      path: '/volumes/:name',
      handle: async (call) => json(200, await backend.inspect(call.param('name'))),
    },
    {
      method: 'PUT',
      path: '/volumes/:name',
      since: '1.42',
      handle: () => {
        throw new AppError('unavailable', 'volume update only valid for cluster volumes, but swarm is unavailable');
      },
    },
    {
      method: 'DELETE',
      path: '/volumes/:name',
      handle: async (call) => {
        await backend.remove(call.param('name'), call.query.flag('force'));
        return empty(204);
      },
    },
  ];
}

/** Older clients mean every volume that is not used. */
function pruneFilters(filters: Filters, version: string): Filters {
  return before(version, namedKeptSince) ? { ...filters, all: ['true'] } : filters;
}
