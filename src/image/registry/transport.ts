import {
  type AgentOptions,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SecureContextOptions } from 'node:tls';
import { AppError, agentProxies, hasCode, requestReason } from '../../base/index.ts';
import { trustMachine } from './authorities.ts';
import { certificatesFor } from './hosts.ts';

export type Ask = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | Readable;
};
export type Answer = { readonly status: number; readonly reason: string; readonly message: IncomingMessage };

const maxRedirects = 5;
/** Without a byte either way. */
const idleMs = 60_000;

/** HTTP to one registry and to where it sends us: connections kept, redirects followed, certificates by host. */
export class Transport implements Disposable {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;
  readonly #verify: boolean;
  readonly #certificates: string;
  readonly #byHost = new Map<string, SecureContextOptions>();
  readonly #signal: AbortSignal;
  readonly #agent: string;

  constructor(options: {
    readonly verify: boolean;
    readonly certificates: string;
    readonly signal: AbortSignal;
    readonly agent: string;
  }) {
    this.#verify = options.verify;
    this.#certificates = options.certificates;
    this.#signal = options.signal;
    this.#agent = options.agent;
    const connections = { keepAlive: true, maxSockets: 8, ...throughProxies() };
    this.#http = new HttpAgent(connections);
    this.#https = new HttpsAgent(connections);
  }

  /** The answer's head; its body is the caller's to read or to drop. Throws with the address and the reason. */
  async ask(url: URL, ask: Ask): Promise<Answer> {
    let at = url;
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const answer = await this.#once(at, at.host === url.host ? ask : withoutAuthorization(ask));
      const { location } = answer.message.headers;
      const leads = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined;
      if (!leads || (ask.method !== 'GET' && ask.method !== 'HEAD')) return answer;
      answer.message.resume();
      at = new URL(location, at);
    }
    throw failure(ask.method, url, `stopped after ${maxRedirects} redirects`);
  }

  async #once(url: URL, { method, headers, body }: Ask): Promise<Answer> {
    const tls = url.protocol === 'https:';
    if (tls) await trustMachine();
    if (!tls && url.protocol !== 'http:') throw failure(method, url, `unsupported protocol scheme "${url.protocol}"`);
    const common = {
      method,
      headers: { 'User-Agent': this.#agent, ...headers },
      signal: this.#signal,
      timeout: idleMs,
    };
    const request = tls
      ? httpsRequest(url, {
          ...common,
          ...this.#certificatesOf(url),
          agent: this.#https,
          rejectUnauthorized: this.#verify,
        })
      : httpRequest(url, { ...common, agent: this.#http });
    request.on('timeout', () => request.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })));
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    request.on('response', resolve);
    request.on('error', reject);
    if (body === undefined || Buffer.isBuffer(body)) request.end(body);
    // A registry may answer, and refuse, before it has read everything.
    else pipeline(body, request).catch(reject);
    try {
      const message = await promise;
      return { status: message.statusCode ?? 0, reason: message.statusMessage ?? '', message };
    } catch (error) {
      throw failure(method, url, requestReason(error), error);
    }
  }

  /** Read once for each host: a pull asks many times. */
  #certificatesOf(url: URL): SecureContextOptions {
    const known = this.#byHost.get(url.host) ?? certificatesFor(url, this.#certificates);
    this.#byHost.set(url.host, known);
    return known;
  }

  [Symbol.dispose](): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

const throughProxies = (): Pick<AgentOptions, 'proxyEnv'> => {
  const proxyEnv = agentProxies();
  return proxyEnv === undefined ? {} : { proxyEnv };
};

function withoutAuthorization(ask: Ask): Ask {
  const { Authorization: _, ...headers } = ask.headers ?? {};
  return { ...ask, headers };
}

/** No answer, or none to the end. */
export class TransportError extends AppError {
  /** Worth another try: the connection broke, rather than that it could not be trusted. */
  readonly passing: boolean;

  constructor(message: string, cause: unknown) {
    super('internal', message, { cause });
    const first = cause instanceof AggregateError ? cause.errors[0] : cause;
    this.passing = passingCodes.some((code) => hasCode(first, code));
  }
}

const passingCodes = ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'];

/** As Go words it, since scripts read these: Get "http://host/v2/": dial tcp …: connect: connection refused. */
function failure(method: string, url: URL, reason: string, cause?: unknown): TransportError {
  const verb = `${method[0]}${method.slice(1).toLowerCase()}`;
  return new TransportError(`${verb} "${url.href}": ${reason}`, cause);
}

/** A body that is a document: at most `limit` bytes. */
export async function readBody(message: IncomingMessage, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) {
      message.destroy();
      throw new AppError('invalid', `the registry's answer is longer than ${limit} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
