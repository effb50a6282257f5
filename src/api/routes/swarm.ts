import { AppError } from '../../base/index.ts';
import { notManager } from '../../contract/index.ts';
import type { Method, Route } from '../http/route.ts';

/** Objects that exist only on a manager of a swarm. */
const collections = ['services', 'nodes', 'tasks', 'secrets', 'configs'];

/** This engine is never part of a swarm: it says so with Docker's words, which clients know. */
export function swarmRoutes(): readonly Route[] {
  return [
    refused('GET', '/swarm', notManager),
    refused('GET', '/swarm/unlockkey', notManager),
    refused('POST', '/swarm/update', notManager),
    refused('POST', '/swarm/unlock', notManager),
    refused('POST', '/swarm/leave', 'This node is not part of a swarm'),
    ...collections.flatMap((name) => [
      refused('GET', `/${name}`, notManager),
      refused('POST', `/${name}/create`, notManager),
      refused('GET', `/${name}/:id`, notManager),
      refused('DELETE', `/${name}/:id`, notManager),
      refused('POST', `/${name}/:id/update`, notManager),
      refused('GET', `/${name}/:id/logs`, notManager),
    ]),
  ];
}

function refused(method: Method, path: string, message: string): Route {
  return {
    method,
    path,
    handle: () => {
      throw new AppError('unavailable', message);
    },
  };
}
