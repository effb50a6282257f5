import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, hasCode } from '../../base/index.ts';
import { type PluginAddress, parseJson, parseSpec } from './spec.ts';

/** Where plugins are looked for, in this order: sockets first, then files that say where one listens. */
export type PluginFolders = {
  /** NAME.sock or NAME/NAME.sock. */
  readonly sockets: readonly string[];
  /** NAME.spec, NAME/NAME.spec, NAME.json, NAME/NAME.json. */
  readonly specs: readonly string[];
};

/** As every engine with plugins of this protocol has them. */
export const commonFolders: PluginFolders = {
  sockets: ['/run/docker/plugins'],
  specs: ['/etc/docker/plugins', '/usr/lib/docker/plugins'],
};

/** One file name. What has a slash or begins with a dot would lead out of the folders. */
const pluginName = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Where the plugin of this name listens; undefined for one that nobody installed. Throws `invalid` for a broken file. */
export async function findPlugin(name: string, folders: PluginFolders): Promise<PluginAddress | undefined> {
  if (!pluginName.test(name)) return undefined;
  for (const path of folders.sockets.flatMap((folder) => variants(folder, name, '.sock'))) {
    if (await isSocket(path)) return { type: 'unix', path };
  }
  for (const folder of folders.specs) {
    for (const path of [...variants(folder, name, '.spec'), ...variants(folder, name, '.json')]) {
      const text = await contents(path);
      if (text !== undefined) return parseFile(path, text);
    }
  }
  return undefined;
}

const variants = (folder: string, name: string, ending: string): readonly string[] => [
  join(folder, `${name}${ending}`),
  join(folder, name, `${name}${ending}`),
];

function parseFile(path: string, text: string): PluginAddress {
  try {
    return path.endsWith('.json') ? parseJson(text) : parseSpec(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('invalid', `plugin description ${path}: ${why}`, { cause });
  }
}

/**
 * What a plugin that was started anew has made another: a listener's file is made by itself. Undefined where there is
 * none, and over TCP, where nothing tells.
 */
export async function socketOf(address: PluginAddress): Promise<string | undefined> {
  if (address.type !== 'unix') return undefined;
  try {
    const { ino, mtimeMs } = await stat(address.path);
    return `${ino} ${mtimeMs}`;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function isSocket(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isSocket();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

async function contents(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const isAbsent = (error: unknown): boolean => hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
