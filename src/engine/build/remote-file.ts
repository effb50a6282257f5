import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm, utimes } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, messageOf } from '../../base/index.ts';

/** Not imports: those would read every export of node:http and so load a second HTTP client. */
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

const mostRedirects = 10;
const answerWithinMs = 30_000;
/** Of a file that is fetched: Docker's. */
const mode = 0o600;

export type RemoteFile = AsyncDisposable & { readonly root: string; readonly path: string };

export const isAddress = (word: string): boolean => /^https?:\/\//.test(word);

/** ADD of an address: fetched into a folder of its own below `folder`, under the name that the address ends with. */
export async function fetchFile(address: string, folder: string, signal: AbortSignal): Promise<RemoteFile> {
  const root = await mkdtemp(join(folder, 'remote-'));
  const dispose = (): Promise<void> => rm(root, { recursive: true, force: true });
  try {
    const answer = await follow(new URL(address), signal);
    const path = join(root, 'file');
    await pipeline(answer, createWriteStream(path, { mode }), { signal });
    await chmod(path, mode);
    const modified = Date.parse(answer.headers['last-modified'] ?? '') / 1000 || 0;
    await utimes(path, modified, modified);
    return { root, path: '/file', [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    if (error instanceof AppError || signal.aborted) throw error;
    throw new AppError('invalid', `ADD failed: failed to GET ${address}: ${messageOf(error)}`, { cause: error });
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

async function follow(first: URL, signal: AbortSignal): Promise<IncomingMessage> {
  let address = first;
  for (let turn = 0; turn <= mostRedirects; turn++) {
    const answer = await get(address, signal);
    const { statusCode = 0, statusMessage = '', headers } = answer;
    if (statusCode === 200) return answer;
    answer.resume();
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined) {
      throw new AppError(
        'invalid',
        `ADD failed: failed to GET ${first.href} with status ${statusCode} ${statusMessage}`,
      );
    }
    address = new URL(headers.location, address);
    if (!isAddress(address.href)) throw new AppError('invalid', `ADD failed: ${first.href} leads to ${address.href}`);
  }
  throw new AppError('invalid', `ADD failed: ${first.href}: stopped after ${mostRedirects} redirects`);
}

function get(address: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const client = address.protocol === 'https:' ? https : http;
  const request = client.get(address, { signal, timeout: answerWithinMs }, resolve);
  request.on('timeout', () => request.destroy(new Error(`no answer within ${answerWithinMs / 1000} s`)));
  request.on('error', reject);
  return promise;
}
