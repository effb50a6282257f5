import * as v from 'valibot';
import { parseBody } from './fields.ts';

/** What a client sends along for a registry: a name and password, or a token instead. */
export type RegistryCredentials = {
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
};

const text = v.nullish(v.string(), '');
const AuthConfig = v.object({
  username: text,
  password: text,
  serveraddress: text,
  identitytoken: text,
  registrytoken: text,
});

/** Body of `POST /auth`. Throws invalid. */
export function parseAuthConfig(body: unknown): {
  readonly server: string;
  readonly credentials: RegistryCredentials;
} {
  const { username, password, serveraddress, identitytoken, registrytoken } = parseBody(AuthConfig, body);
  const credentials = { username, password, identityToken: identitytoken, registryToken: registrytoken };
  return { server: serveraddress, credentials };
}

/** X-Registry-Auth: base64url of the same. One that cannot be read counts as none, as in Docker. */
export function parseRegistryAuth(header: string | readonly string[] | undefined): RegistryCredentials {
  if (typeof header !== 'string' || header === '') return {};
  try {
    return parseAuthConfig(JSON.parse(Buffer.from(header, 'base64url').toString())).credentials;
  } catch {
    return {};
  }
}
