import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, messageOf } from '../../base/index.ts';
import { openAddress } from '../remote/address.ts';

/** Of a file that is fetched: Docker's. */
const mode = 0o600;

export type RemoteFile = AsyncDisposable & { readonly root: string; readonly path: string };

/** ADD of an address: fetched into a folder of its own below `folder`, under the name that the address ends with. */
export async function fetchFile(address: string, folder: string, signal: AbortSignal): Promise<RemoteFile> {
  const root = await mkdtemp(join(folder, 'remote-'));
  const dispose = (): Promise<void> => rm(root, { recursive: true, force: true });
  try {
    const answer = await openAddress(address, signal);
    const path = join(root, 'file');
    await pipeline(answer, createWriteStream(path, { mode }), { signal });
    await chmod(path, mode);
    const modified = Date.parse(answer.headers['last-modified'] ?? '') / 1000 || 0;
    await utimes(path, modified, modified);
    return { root, path: '/file', [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    if (signal.aborted) throw error;
    throw new AppError('invalid', `ADD failed: ${messageOf(error)}`, { cause: error });
  }
}

/** The name that the last part of an address gives; "" when it has none. */
export function nameOf(address: string): string {
  const last = new URL(address).pathname.split('/').at(-1)!;
  try {
    return decodeURIComponent(last).replaceAll('/', '');
  } catch {
    return last;
  }
}
