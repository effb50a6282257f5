import { parseContainerConfig } from '../../contract/index.ts';
import type { ContainerBackend } from '../backend.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/client.ts';
import { archive, json } from '../http/reply.ts';
import type { Route } from '../http/route.ts';

/** What a container wrote: told, taken out as a whole, made an image. */
export function containerContentRoutes(backend: ContainerBackend): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/containers/:id/changes',
      handle: async (call) => json(200, await backend.changes(call.param('id'))),
    },
    {
      method: 'GET',
      path: '/containers/:id/export',
      handle: async (call) => archive(await backend.export(call.param('id'))),
    },
    { method: 'POST', path: '/commit', handle: (call) => commit(backend, call) },
  ];
}

async function commit(backend: ContainerBackend, call: Call): Promise<Reply> {
  const { query } = call;
  const config = parseContainerConfig(await call.json());
  const options = {
    repo: query.text('repo'),
    tag: query.text('tag'),
    author: query.text('author'),
    comment: query.text('comment'),
    changes: query.texts('changes'),
    config,
    pause: query.flag('pause', true),
  };
  return json(201, await backend.commit(query.text('container'), options));
}
