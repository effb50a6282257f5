import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

/** One request as the engine saw it, without the API version in front of the path. */
export type Request = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed when it is JSON, a byte count when it is an archive, undefined when empty. */
  readonly body: unknown;
};

/** What to answer. A string body is sent as it is, anything else as JSON; `upgrade` bytes follow a 101. */
export type Answer = {
  readonly status?: number;
  readonly body?: unknown;
  readonly upgrade?: string | Buffer;
  /** What stands on the connection's write side once the client has closed its own: `upgrade` is sent then. */
  readonly afterInput?: boolean;
};
export type Answers = Readonly<Record<string, (request: Request) => Answer>>;

/** An engine that records what it is asked and answers from a table: the test seam of every command. */
export class FakeEngine implements AsyncDisposable {
  readonly requests: Request[] = [];
  /** Bytes that clients sent after an upgrade, all streams together. */
  input = '';
  readonly #answers: Answers;
  readonly #folder = mkdtempSync(join(tmpdir(), 'portolan-fake-'));
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));
  readonly #streams = new Set<Duplex>();

  /** Keys are "METHOD /path"; a path segment `*` matches anything. */
  constructor(answers: Answers) {
    this.#answers = answers;
    this.#server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head));
    this.#server.on('connection', (socket) => {
      this.#streams.add(socket);
      socket.on('close', () => this.#streams.delete(socket));
    });
  }

  get host(): string {
    return `unix://${join(this.#folder, 'engine.sock')}`;
  }

  async listen(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(this.host.slice('unix://'.length), done));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#streams) socket.destroy();
    await new Promise((done) => this.#server.close(done));
    rmSync(this.#folder, { recursive: true });
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const answer = this.#answer(message, Buffer.concat(chunks));
    response.setHeader('Api-Version', '1.45');
    response.setHeader('Ostype', 'linux');
    response.statusCode = answer.status ?? 200;
    if (typeof answer.body === 'string' || answer.body === undefined) response.end(answer.body);
    else {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(answer.body));
    }
  }

  async #upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const wanted = Number(message.headers['content-length'] ?? 0);
    let seen = head;
    socket.on('error', () => {});
    const answerOnce = (): void => {
      const answer = this.#answer(message, seen.subarray(0, wanted));
      this.input += seen.subarray(wanted).toString();
      if ((answer.status ?? 101) !== 101) {
        const body = JSON.stringify(answer.body);
        socket.end(
          `HTTP/1.1 ${answer.status} No\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
        return;
      }
      socket.write(
        'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
      );
      socket.on('data', (chunk: Buffer) => {
        this.input += chunk.toString();
      });
      if (answer.afterInput === true) socket.on('end', () => socket.end(answer.upgrade));
      else setImmediate(() => socket.end(answer.upgrade));
    };
    while (seen.length < wanted) {
      const more = await new Promise<Buffer>((done) => socket.once('data', done));
      seen = Buffer.concat([seen, more]);
    }
    answerOnce();
  }

  #answer(message: IncomingMessage, bytes: Buffer): Answer {
    const url = new URL(message.url ?? '/', 'http://engine');
    const path = url.pathname.replace(/^\/v1\.\d+/, '');
    const request: Request = {
      method: message.method ?? 'GET',
      path,
      query: Object.fromEntries(url.searchParams),
      body: bodyOf(message, bytes),
    };
    if (path === '/_ping') return { body: 'OK' };
    this.requests.push(request);
    const key = Object.keys(this.#answers).find((pattern) => matches(pattern, request));
    return key === undefined
      ? { status: 404, body: { message: `no answer for ${request.method} ${path}` } }
      : this.#answers[key]!(request);
  }
}

function matches(pattern: string, request: Request): boolean {
  const [method, path = ''] = pattern.split(' ');
  const want = path.split('/');
  const have = request.path.split('/');
  return method === request.method && want.length === have.length && want.every((w, i) => w === '*' || w === have[i]);
}

function bodyOf(message: IncomingMessage, bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (message.headers['content-type']?.startsWith('application/json') === true) return JSON.parse(bytes.toString());
  return bytes.length;
}

/** One frame of a multiplexed stream: 1 is standard output, 2 standard error. */
export function frame(stream: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(payload.length, 4);
  return Buffer.concat([head, payload]);
}
