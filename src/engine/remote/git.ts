import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { AppError, hasCode, messageOf, proxiesOf } from '../../base/index.ts';

const run = promisify(execFile);
const within = 10 * 60_000;

/** As docker's client and engine tell them: "https://host/path.git", "git://…", "git@…", "github.com/…". */
export const isRepository = (remote: string): boolean =>
  /^https?:\/\/.*\.git(#.+)?$/.test(remote) || /^(git:\/\/|github\.com\/|git@)/.test(remote);

/** "REPOSITORY#REF:FOLDER", both parts optional. Throws `invalid`. */
export function parseRepository(remote: string): {
  readonly url: string;
  readonly ref: string;
  readonly folder: string;
} {
  const hash = remote.indexOf('#');
  const [base, fragment] = hash < 0 ? [remote, ''] : [remote.slice(0, hash), remote.slice(hash + 1)];
  const colon = fragment.indexOf(':');
  const [ref, folder] = colon < 0 ? [fragment, ''] : [fragment.slice(0, colon), fragment.slice(colon + 1)];
  if (ref.startsWith('-')) throw new AppError('invalid', `invalid refspec: ${ref}`);
  return { url: base.startsWith('github.com/') ? `https://${base}` : base, ref: ref || 'HEAD', folder };
}

/**
 * Brings one commit of a repository into an empty folder, with its submodules. Answers the folder asked for, which lies
 * inside. No configuration, hook, key prompt or file system of this host has a say. Throws `invalid`.
 */
export async function checkOut(remote: string, root: string, signal: AbortSignal): Promise<string> {
  const { url, ref, folder } = parseRepository(remote);
  const git = async (...args: readonly string[]): Promise<void> => {
    try {
      await run('git', ['-C', root, ...args], { signal, timeout: within, env: { ...environment, ...proxies() } });
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        throw new AppError('invalid', 'unable to find git: install the package git on the host', { cause: error });
      }
      throw new AppError('invalid', `failed to fetch ${url}: ${said(error)}`, { cause: error });
    }
  };
  await git('init', '--quiet', '--template=');
  await git('fetch', '--quiet', '--depth', '1', '--no-tags', '--', url, ref)
    // A server of files only knows no parts of a history, and others give no commit by its hash alone.
    .catch(() => git('fetch', '--quiet', '--no-tags', '--', url, ref))
    .then(() => git('checkout', '--quiet', 'FETCH_HEAD'))
    .catch(async (error: unknown) => {
      if (!/^[0-9a-f]{7,64}$/.test(ref)) throw error;
      await git('fetch', '--quiet', '--', url, '+refs/heads/*:refs/remotes/origin/*');
      await git('checkout', '--quiet', ref);
    });
  await git('submodule', '--quiet', 'update', '--init', '--recursive', '--depth', '1');
  return folderIn(root, folder);
}

const environment = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'http:https:git:ssh',
  GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
};

/** By the names that git and curl look for. */
const proxies = (): Record<string, string> => {
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = proxiesOf();
  return { http_proxy: HTTP_PROXY, https_proxy: HTTPS_PROXY, no_proxy: NO_PROXY };
};

const said = (error: unknown): string => {
  const text = (error as { stderr?: string }).stderr?.trim() ?? '';
  return text === '' ? messageOf(error) : text.replaceAll('\n', ' ');
};

async function folderIn(root: string, folder: string): Promise<string> {
  const top = await realpath(root);
  const found = await realpath(join(top, folder)).catch(() => '');
  if (found !== top && !found.startsWith(top + sep)) {
    throw new AppError('invalid', `error setting git checkout root: ${folder} is not in the repository`);
  }
  if (!(await stat(found)).isDirectory()) throw new AppError('invalid', `context root is not a directory: ${folder}`);
  return found;
}
