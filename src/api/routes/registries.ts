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
        return progressLines(backend.push(call.param('name'), options));
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
      path: '/distribution/:name/json',
      since: '1.30',
      handle: async (call) => json(200, await backend.distribution(call.param('name'), credentialsOf(call))),
    },
  ];
}

export const credentialsOf = ({ headers }: Call): RegistryCredentials => parseRegistryAuth(headers['x-registry-auth']);
