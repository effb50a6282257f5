import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRegistryHost } from '../../base/index.ts';
import type { Environment } from '../context.ts';

/** What docker's command line keeps for a registry, in the form that the engine takes. */
export type AuthConfig = {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
};

type Stored = { readonly auth?: string; readonly identitytoken?: string };
export type ConfigFile = {
  readonly auths?: Readonly<Record<string, Stored>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
};

/** Docker Hub's key in the file is its address of old. */
export const hubServer = 'https://index.docker.io/v1/';

/** "localhost:5000" of "localhost:5000/a/b", Docker Hub's key for everything else. */
export function serverOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && isRegistryHost(first);
  return !isHost || first === 'docker.io' || first === 'index.docker.io' ? hubServer : first;
}

export const configPath = (env: Environment): string =>
  join(env['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'config.json');

export async function readConfig(env: Environment): Promise<ConfigFile> {
  const text = await readFile(configPath(env), 'utf8').catch(() => '{}');
  return JSON.parse(text) as ConfigFile;
}

/** From the file, or the helper program that the file names; undefined when there are none. */
export async function storedCredentials(env: Environment, server: string): Promise<AuthConfig | undefined> {
  const { auths, credsStore, credHelpers } = await readConfig(env);
  const helper = credHelpers?.[server] ?? credsStore;
  if (helper !== undefined) return askHelper(helper, server);
  const stored = auths?.[server];
  if (stored === undefined) return undefined;
  const [username = '', ...password] = Buffer.from(stored.auth ?? '', 'base64')
    .toString()
    .split(':');
  const token = stored.identitytoken === undefined ? {} : { identitytoken: stored.identitytoken };
  return { username, password: password.join(':'), ...token, serveraddress: server };
}

async function askHelper(helper: string, server: string): Promise<AuthConfig | undefined> {
  const { spawnSync } = await import('node:child_process');
  const { status, stdout } = spawnSync(`docker-credential-${helper}`, ['get'], { input: server, encoding: 'utf8' });
  if (status !== 0) return undefined;
  const { Username = '', Secret = '' } = JSON.parse(stdout) as { Username?: string; Secret?: string };
  if (Username === '<token>') return { identitytoken: Secret, serveraddress: server };
  return { username: Username, password: Secret, serveraddress: server };
}

/** The header that goes to the engine with a pull or a push. */
export async function registryAuth(env: Environment, image: string): Promise<string> {
  const found = await storedCredentials(env, serverOf(image));
  return Buffer.from(JSON.stringify(found ?? {})).toString('base64url');
}
