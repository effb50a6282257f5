import type { IncomingMessage } from 'node:http';
import { AppError, agentProxies, requestReason } from '../../base/index.ts';
import { trustMachine } from '../../image/index.ts';

/** Not imports: those would read every export of node:http and so load a second HTTP client. */
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

const mostRedirects = 10;
const answerWithinMs = 30_000;

export const isAddress = (word: string): boolean => /^https?:\/\//.test(word);

/**
 * What a client's address holds, after redirects; its end is the caller's to see. `signal` ends it. Throws `invalid`, for
 * what no server answers as much as for what one refuses.
 */
export async function openAddress(address: string, signal: AbortSignal): Promise<IncomingMessage> {
  try {
    return await follow(new URL(address), signal);
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error;
    throw new AppError('invalid', `Get "${address}": ${requestReason(error)}`, { cause: error });
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
      throw new AppError('invalid', `failed to GET ${first.href} with status ${statusCode} ${statusMessage}`);
    }
    address = new URL(headers.location, address);
    if (!isAddress(address.href)) throw new AppError('invalid', `${first.href} leads to ${address.href}`);
  }
  throw new AppError('invalid', `${first.href}: stopped after ${mostRedirects} redirects`);
}

async function get(address: URL, signal: AbortSignal): Promise<IncomingMessage> {
  if (address.protocol === 'https:') await trustMachine();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const client = address.protocol === 'https:' ? https : http;
  const proxyEnv = agentProxies();
  const agent = proxyEnv === undefined ? {} : { agent: new client.Agent({ proxyEnv }) };
  const request = client.get(address, { signal, timeout: answerWithinMs, ...agent }, resolve);
  request.on('timeout', () => request.destroy(new Error(`no answer within ${answerWithinMs / 1000} s`)));
  request.on('error', reject);
  return promise;
}
