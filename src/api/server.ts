import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../base/index.ts';
import type { Backend } from './backend.ts';
import { commonHeaders, setHeaders } from './http/headers.ts';
import { lingerAtEnd } from './http/linger.ts';
import { listenOn } from './http/listen.ts';
import { Router } from './http/router.ts';
import { serve } from './http/serve.ts';
import { allRoutes } from './routes/index.ts';

/** Not an import: that would read every export of node:http and so load a second HTTP client, 12 MiB for nothing. */
const http = process.getBuiltinModule('node:http');

export type ApiServerDeps = {
  readonly backend: Backend;
  readonly log: Log;
  /** For the Server header: "0.1.0". */
  readonly version: string;
  /** How long a client may take for the head of a request, in milliseconds. */
  readonly headMs?: number;
};

export interface ApiServer {
  /** "unix:///PATH" or "tcp://ADDRESS:PORT"; may be called several times. Throws `conflict` when somebody is there. */
  listen(host: string): Promise<void>;
  /** Stops listening, ends streams, and lets short requests finish for a moment. */
  close(): Promise<void>;
}

/** Requests in flight may take this long when the server closes, in milliseconds. */
const graceMs = 1000;
/** Some clients repeat a whole JSON body in the query. */
const headLimitBytes = 1 << 20;
/** A client that takes longer for a head is not one. */
const headMs = 60_000;

export function createApiServer(deps: ApiServerDeps): ApiServer {
  return new HttpApi(deps);
}

class HttpApi implements ApiServer {
  readonly #router: Router;
  readonly #log: Log;
  readonly #headMs: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #servers: Server[] = [];
  /** Connections that left HTTP behind, which `node:http` no longer knows. */
  readonly #hijacked = new Set<Duplex>();

  constructor({ backend, log, version, headMs: limitMs = headMs }: ApiServerDeps) {
    this.#headMs = limitMs;
    this.#router = new Router(allRoutes(backend));
    this.#log = log;
    this.#headers = commonHeaders(`Portolan/${version} (linux)`);
  }

  async listen(host: string): Promise<void> {
    const server = this.#createServer();
    await listenOn(server, host);
    this.#servers.push(server);
  }

  async close(): Promise<void> {
    for (const socket of this.#hijacked) socket.destroy();
    await Promise.all(this.#servers.splice(0).map(closeServer));
  }

  #createServer(): Server {
    const server = http.createServer({
      maxHeaderSize: headLimitBytes,
      requireHostHeader: false,
      // Idle connections are the clients' to close; uploads take as long as they take.
      keepAliveTimeout: 0,
      requestTimeout: 0,
      headersTimeout: this.#headMs,
      connectionsCheckingInterval: this.#headMs / 2,
      shouldUpgradeCallback: (request) => this.#wantsStream(request),
    });
    server.on('request', (request, response) => {
      setHeaders(response, this.#headers);
      lingerAtEnd(request, response);
      void serve(this.#router, this.#log, request, response);
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
    server.on('clientError', (error, socket) => refuse(socket, error));
    return server;
  }

  /** An upgrade that the route does not offer is ignored, as HTTP asks: the request gets its ordinary answer. */
  #wantsStream(request: IncomingMessage): boolean {
    try {
      return this.#router.match(request.method ?? '', request.url ?? '')?.route.upgrade === true;
    } catch {
      return false;
    }
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#hijacked.add(socket);
    socket.once('close', () => this.#hijacked.delete(socket));
    socket.on('error', () => {}); // 'close' follows
    if (head.length > 0) socket.unshift(head);
    const response = new http.ServerResponse(request);
    setHeaders(response, { ...this.#headers, Connection: 'close' });
    response.assignSocket(socket);
    response.once('finish', () => socket.destroySoon());
    void serve(this.#router, this.#log, request, response, socket);
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** What is wrong with bytes that are no request, by node's code of it. */
const refusals: Readonly<Record<string, readonly [line: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    `the request has too many headers, or more than ${headLimitBytes} bytes before its body`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the head of the request took too long'],
};

function refuse(socket: Duplex, { code = '' }: NodeJS.ErrnoException): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const [line, message] = refusals[code] ?? ['400 Bad Request', 'malformed HTTP request'];
  const body = `${JSON.stringify({ message })}\n`;
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
