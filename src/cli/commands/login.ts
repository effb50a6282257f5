import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { Environment } from '../context.ts';
import { command } from '../parse/command.ts';
import { text, toggle } from '../parse/flag.ts';
import { type ConfigFile, configPath, hubServer, readConfig } from '../session/credentials.ts';

export const login = command({
  usage: '[OPTIONS] [SERVER]',
  summary: 'Authenticate to a registry',
  operands: { least: 0, most: 1 },
  flags: {
    password: text('-p, --password <string>', 'Password or Personal Access Token (PAT)'),
    passwordStdin: toggle('--password-stdin', 'Take the Password or Personal Access Token (PAT) from stdin'),
    username: text('-u, --username <string>', 'Username'),
  },
  async run(context, [server = hubServer], { password, passwordStdin, username }) {
    if (password !== '' && passwordStdin) throw new Error('--password and --password-stdin are mutually exclusive');
    if (username === '' || (password === '' && !passwordStdin)) {
      throw new Error('name who you are: -u NAME, and -p PASSWORD or --password-stdin');
    }
    const secret = passwordStdin ? (await textOf(context.stdio.stdin)).replace(/\r?\n$/, '') : password;
    const { Status } = await context.client.images.login({ username, password: secret, serveraddress: server });
    const auth = Buffer.from(`${username}:${secret}`).toString('base64');
    await change(context.env, ({ auths, ...rest }) => ({ ...rest, auths: { ...auths, [server]: { auth } } }));
    await context.out(`${Status}\n`);
    return 0;
  },
});

export const logout = command({
  usage: '[SERVER]',
  summary: 'Log out from a registry',
  operands: { least: 0, most: 1 },
  flags: {},
  async run(context, [server = hubServer]) {
    await change(context.env, ({ auths = {}, ...rest }) => {
      const { [server]: _, ...others } = auths;
      return { ...rest, auths: others };
    });
    await context.out(`Removing login credentials for ${server}\n`);
    return 0;
  },
});

/** Docker's file, whole at any time, for its owner alone. */
async function change(env: Environment, edit: (config: ConfigFile) => ConfigFile): Promise<void> {
  const path = configPath(env);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.part`, `${JSON.stringify(edit(await readConfig(env)), null, '\t')}\n`, { mode: 0o600 });
  await rename(`${path}.part`, path);
}
