import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Address } from './address.ts';
import { ApiError, connectError } from './errors.ts';

/** Query values; what is undefined, false or "" is left out, true is sent as 1, a list as repeated keys. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export type Call = {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, chunked. */
  readonly body?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
};

/**
 * An import of node:http reads every one of its exports, and one of them loads a whole second HTTP client (undici): 20 ms
 * and 13 MiB. Asked for in this way, only what is used is loaded.
 */
const http = process.getBuiltinModule('node:http');

/** Requests over the engine's unix socket, without a version in the path: the engine then speaks its own. */
export class Transport implements Disposable {
  readonly #address: Address;
  readonly #agent: Agent = new http.Agent({ keepAlive: true });

  constructor(address: Address) {
    this.#address = address;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  /** The answer's head has come and says success; its body is still to be read. Throws ApiError, ConnectError. */
  async open(method: string, path: string, call: Call = {}): Promise<IncomingMessage> {
    const request = this.#start(method, path, call, {});
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve).on('error', (error) => reject(this.#failure(error, call.signal)));
    });
    send(request, call);
    return this.#checked(await answer);
  }

  /** The answer's JSON document. */
  async json<T>(
    method: string,
    path: string,
    call: Call = {},
    parse: (text: string) => unknown = JSON.parse,
  ): Promise<T> {
    const text = await textOf(await this.open(method, path, call));
    return (text === '' ? null : parse(text)) as T;
  }

  /** For answers whose body means nothing. Resolves to the status, which tells 204 from 304. */
  async run(method: string, path: string, call: Call = {}): Promise<number> {
    const answer = await this.open(method, path, call);
    await textOf(answer);
    return answer.statusCode ?? 0;
  }

  /** Turns the connection into a raw stream both ways ("hijacking"): attach and exec. */
  async hijack(path: string, call: Call = {}): Promise<Duplex> {
    const request = this.#start('POST', path, call, { Connection: 'Upgrade', Upgrade: 'tcp' });
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
    request.on('upgrade', (_response, socket: Duplex, head: Buffer) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.on('response', (answer) => this.#refused(answer, path).catch(reject));
    request.on('error', (error) => reject(this.#failure(error, call.signal)));
    send(request, call);
    return promise;
  }

  #start(method: string, path: string, call: Call, extra: Readonly<Record<string, string>>): ClientRequest {
    const options: RequestOptions = {
      socketPath: this.#address.socketPath,
      agent: this.#agent,
      method,
      path: path + queryString(call.query ?? {}),
      headers: { Host: 'portolan', ...contentHeaders(method, call), ...call.headers, ...extra },
    };
    if (call.signal !== undefined) options.signal = call.signal;
    return http.request(options);
  }

  async #checked(answer: IncomingMessage): Promise<IncomingMessage> {
    const status = answer.statusCode ?? 0;
    if (status < 400) return answer;
    throw new ApiError(status, refusal(await textOf(answer), status));
  }

  async #refused(answer: IncomingMessage, path: string): Promise<never> {
    await this.#checked(answer);
    throw new ApiError(answer.statusCode ?? 0, `the engine did not turn the connection into a stream: ${path}`);
  }

  #failure(error: unknown, signal: AbortSignal | undefined): unknown {
    return signal?.aborted === true ? error : connectError(this.#address.socketPath, error);
  }
}

function contentHeaders(method: string, call: Call): Record<string, string | number> {
  if (call.json !== undefined) {
    return { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(JSON.stringify(call.json)) };
  }
  if (call.body !== undefined) return { 'Content-Type': 'application/x-tar' };
  return method === 'POST' ? { 'Content-Length': 0 } : {};
}

function send(request: ClientRequest, call: Call): void {
  if (call.body === undefined) request.end(call.json === undefined ? undefined : JSON.stringify(call.json));
  // A refused upload ends in the request's own error event, or in an answer that came before all was sent.
  else pipeline(call.body, request).catch(() => {});
}

function queryString(query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== false && one !== '') params.append(key, one === true ? '1' : String(one));
    }
  }
  return params.size === 0 ? '' : `?${params}`;
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** `{"message": "…"}`, or whatever else stands there. */
function refusal(text: string, status: number): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string' && message !== '') return message;
  } catch {
    // Not JSON: the text itself is the message.
  }
  return text.trim() === '' ? `the engine answered with status ${status} and no message` : text.trim();
}
