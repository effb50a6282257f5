import { AppError } from '../../base/index.ts';
import { apiVersion, type EventMessage } from '../../contract/index.ts';
import type { SystemBackend } from '../backend.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/client.ts';
import { json, plain } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import { jsonLines } from '../stream/json-lines.ts';
import { infoOf, knownEvents, usageOf } from '../versions/system.ts';

/** The first question of most clients: the version is in the headers, and none of this may be kept in a cache. */
const ping = (): Reply =>
  plain(200, 'OK', {
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    'Builder-Version': '1',
    Swarm: 'inactive',
  });

export function systemRoutes(backend: SystemBackend): readonly Route[] {
  return [
    { method: 'HEAD', path: '/_ping', handle: ping },
    { method: 'GET', path: '/_ping', handle: ping },
    {
      method: 'GET',
      path: '/version',
      handle: async () => json(200, { ...(await backend.version()), ApiVersion: apiVersion }),
    },
    { method: 'GET', path: '/info', handle: async ({ version }) => json(200, infoOf(await backend.info(), version)) },
    {
      method: 'GET',
      path: '/events',
      handle: (call) => jsonLines(knownEvents(events(backend, call), call.version)),
    },
    {
      method: 'GET',
      path: '/system/df',
      since: '1.25',
      handle: async ({ query, version }) => json(200, usageOf(await backend.diskUsage(), query.texts('type'), version)),
    },
  ];
}

function events(backend: SystemBackend, { query, signal }: Call): AsyncIterable<EventMessage> {
  const since = query.moment('since');
  const until = query.moment('until') || undefined; // 0 is no end, as since 0 is the very beginning
  if (until !== undefined && since !== undefined && until < since) {
    const times = `(${query.text('since')}) cannot be after \`until\` time (${query.text('until')})`;
    throw new AppError('invalid', `\`since\` time ${times}`);
  }
  return backend.events({ since, until, filters: query.filters() }, signal);
}
