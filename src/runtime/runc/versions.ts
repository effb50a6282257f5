import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../base/index.ts';

export type Tool = { readonly path: string; readonly version: string };

/** Finds a program by name in PATH (or by its absolute path) and asks for its version. Throws `unavailable`. */
export async function findTool(name: string, searchPath: string, kind: 'conmon' | 'runc'): Promise<Tool> {
  const path = await locate(name, searchPath);
  if (path === undefined) throw new AppError('unavailable', `${name} is not installed: install the package ${kind}`);
  const { stdout } = await promisify(execFile)(path, ['--version']);
  const version = /^(\w+) version (\S+)/.exec(stdout);
  // Containers are started and removed through runc's own state, which other runtimes keep differently.
  if (version?.[1] === kind) return { path, version: version[2]! };
  throw new AppError('unavailable', `${path} is not ${kind}: it says "${stdout.split('\n', 1)[0]}"`);
}

async function locate(name: string, searchPath: string): Promise<string | undefined> {
  const folders = [...searchPath.split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const candidates = isAbsolute(name) ? [name] : folders.filter((folder) => folder !== '').map((f) => join(f, name));
  for (const path of candidates) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}
