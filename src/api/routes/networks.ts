import { AppError } from '../../base/index.ts';
import { parseNetworkConnect, parseNetworkCreate, parseNetworkDisconnect } from '../../contract/index.ts';
import type { NetworkBackend } from '../backend.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/client.ts';
import { empty, json } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import { before } from '../versions/before.ts';

export function networkRoutes(backend: NetworkBackend): readonly Route[] {
  return [
    { method: 'GET', path: '/networks', handle: (call) => list(backend, call) },
    { method: 'GET', path: '/networks/', handle: (call) => list(backend, call) },
    {
      method: 'POST',
      path: '/networks/create',
      handle: (call) => create(backend, call),
    },
    {
      method: 'POST',
      path: '/networks/prune',
      since: '1.25',
      handle: async ({ query }) => json(200, await backend.prune(query.filters())),
    },
    { method: 'GET', path: '/networks/:id', handle: (call) => inspect(backend, call) },
    {
      method: 'DELETE',
      path: '/networks/:id',
      handle: async (call) => {
        await backend.remove(call.param('id'));
        return empty(204);
      },
    },
    {
      method: 'POST',
      path: '/networks/:id/connect',
      handle: async (call) => {
        await backend.connect(call.param('id'), parseNetworkConnect(await call.json()));
        return empty(200);
      },
    },
    {
      method: 'POST',
      path: '/networks/:id/disconnect',
      handle: async (call) => {
        const { Container, Force } = parseNetworkDisconnect(await call.json());
        await backend.disconnect(call.param('id'), Container, Force);
        return empty(200);
      },
    },
    { method: 'POST', path: '/portolan/network/repair', handle: async () => json(200, await backend.repair()) },
  ];
}

/** The first version that can leave IPv4 out. */
const withoutIpv4Since = '1.48';

async function create(backend: NetworkBackend, call: Call): Promise<Reply> {
  const body = parseNetworkCreate(await call.json());
  const old = before(call.version, withoutIpv4Since);
  return json(201, await backend.create(old ? { ...body, EnableIPv4: null } : body));
}

/** Lists said who is attached before this version, which leaves that to inspect. */
const membersUntil = '1.28';

async function list(backend: NetworkBackend, { query, version }: Call): Promise<Reply> {
  const members = before(version, membersUntil);
  return json(200, await backend.list(query.filters(), { members }));
}

async function inspect(backend: NetworkBackend, call: Call): Promise<Reply> {
  const verbose = call.query.text('verbose');
  if (!/^(|[01tf]|true|false)$/i.test(verbose)) {
    throw new AppError('invalid', `invalid value for verbose: ${verbose}: want true or false`);
  }
  const options = { verbose: /^(1|t|true)$/i.test(verbose), scope: call.query.text('scope') };
  return json(200, await backend.inspect(call.param('id'), options));
}
