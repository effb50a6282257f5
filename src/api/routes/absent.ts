import { AppError } from '../../base/index.ts';
import { json } from '../http/reply.ts';
import type { Method, Route } from '../http/route.ts';

/** What Docker has and this engine has not yet, by what a person would call it. */
const missing: readonly (readonly [Method, string, string])[] = [
  ['POST', '/session', 'building images with BuildKit'],
  ['POST', '/grpc', 'building images with BuildKit'],
  ['GET', '/containers/:id/checkpoints', 'checkpoints'],
  ['POST', '/containers/:id/checkpoints', 'checkpoints'],
  ['DELETE', '/containers/:id/checkpoints/:checkpoint', 'checkpoints'],
  ['POST', '/swarm/init', 'swarm mode'],
  ['POST', '/swarm/join', 'swarm mode'],
  ['GET', '/plugins/privileges', 'plugins'],
  ['POST', '/plugins/pull', 'plugins'],
  ['POST', '/plugins/create', 'plugins'],
  ['POST', '/plugins/:name/enable', 'plugins'],
  ['POST', '/plugins/:name/disable', 'plugins'],
  ['POST', '/plugins/:name/upgrade', 'plugins'],
  ['POST', '/plugins/:name/push', 'plugins'],
  ['POST', '/plugins/:name/set', 'plugins'],
  ['DELETE', '/plugins/:name', 'plugins'],
];

export function absentRoutes(): readonly Route[] {
  return [
    { method: 'GET', path: '/plugins', handle: () => json(200, []) },
    {
      method: 'GET',
      path: '/plugins/:name/json',
      handle: (call) => {
        throw new AppError('not-found', `plugin "${call.param('name')}" not found`);
      },
    },
    ...missing.map(([method, path, what]): Route => ({ method, path, handle: () => refuse(what) })),
  ];
}

function refuse(what: string): never {
  throw new AppError('not-implemented', `not there yet: ${what}`);
}
