import { AppError } from '../../base/index.ts';
import { parseAuthConfig, parseRegistryAuth, type RegistryCredentials } from '../../contract/index.ts';
import type { ImageBackend } from '../backend.ts';
import type { Call } from '../http/call.ts';
import { json } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import { progressLines } from '../stream/json-lines.ts';

/** What goes to a registry and asks it; a pull is `POST /images/create`, with the images. */
export function registryRoutes(backend: ImageBackend): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/images/:name/push',
      handle: (call) => {
        const options = { tag: call.query.text('tag'), credentials: credentialsOf(call) };
        return progressLines(backend.push(call.param('name'), options, call.signal));
      },
    },
    {
      method: 'POST',
      path: '/auth',
      handle: async (call) => {
        const { server, credentials } = parseAuthConfig(await call.neededJson());
        await backend.login(server, credentials);
        return json(200, { Status: 'Login Succeeded', IdentityToken: '' });
      },
    },
    {
      method: 'GET',
      path: '/images/search',
      handle: async ({ query, headers }) => {
        const limit = query.whole('limit') ?? 0;
        if (limit < 0) throw new AppError('invalid', `invalid limit specified: ${limit}`);
        const what = { term: query.text('term'), limit, credentials: credentialsIfAny(headers['x-registry-auth']) };
        return json(200, await backend.search(what, query.filters()));
      },
    },
    {
      method: 'GET',
      path: '/distribution/:name/json',
      since: '1.30',
      handle: async (call) => json(200, await backend.distribution(call.param('name'), credentialsOf(call))),
    },
  ];
}

/** Searching needs none: Docker takes what it cannot read for none. */
function credentialsIfAny(header: string | readonly string[] | undefined): RegistryCredentials {
  try {
    return parseRegistryAuth(header);
  } catch {
    return {};
  }
}

export const credentialsOf = ({ headers }: Call): RegistryCredentials => parseRegistryAuth(headers['x-registry-auth']);
