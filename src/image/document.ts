import { AppError } from '../base/index.ts';
import { digestOf } from './content.ts';
import type { ImageDocument } from './types.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parses what an archive calls JSON. Throws `invalid`. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AppError('invalid', `invalid archive: ${what} is not JSON`, { cause: error });
  }
}

/** Checks the fields that the engine relies on; everything else stays as it came. */
export function parseDocument(text: string): ImageDocument {
  const value = parseJson(text, 'the image configuration');
  if (!isObject(value)) throw new AppError('invalid', 'invalid image JSON, no object');
  const rootfs = value['rootfs'];
  if (!isObject(rootfs)) throw new AppError('invalid', 'invalid image JSON, no RootFS key');
  const diffIds = rootfs['diff_ids'] ?? [];
  const isList = Array.isArray(diffIds) && diffIds.every((id) => /^sha256:[0-9a-f]{64}$/.test(String(id)));
  if (!isList) throw new AppError('invalid', 'invalid image JSON, malformed diff_ids');
  const history = value['history'] ?? [];
  if (!Array.isArray(history) || !history.every(isObject)) {
    throw new AppError('invalid', 'invalid image JSON, malformed history');
  }
  const config = value['config'] ?? {};
  if (!isObject(config)) throw new AppError('invalid', 'invalid image JSON, malformed config');
  const parsed = { ...value, config, history, rootfs: { type: 'layers', diff_ids: diffIds } };
  return checkPlatform(parsed);
}

/** Throws with Docker's text for an image of another operating system. */
function checkPlatform(value: Record<string, unknown>): ImageDocument {
  const os = value['os'] === undefined || value['os'] === '' ? 'linux' : String(value['os']);
  if (os !== 'linux') throw new AppError('invalid', `cannot load ${os} image on linux`);
  return { ...value, os, architecture: String(value['architecture'] ?? '') } as unknown as ImageDocument;
}

/** Names of stacks of layers, bottom first: what Docker's `rmi` lists (OCI image-spec, "Layer ChainID"). */
export function chainIds(diffIds: readonly string[]): string[] {
  const chain: string[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chain;
}

/** GOARCH of this machine. */
export function architecture(): string {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return names[process.arch] ?? process.arch;
}
