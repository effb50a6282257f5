import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { AF_INET, AF_INET6, SOCK_DGRAM, socket } from '../../../syscall/socket.ts';
import { answers } from './match.ts';
import { dnsPort, familyOf, openAt, type Place } from './place.ts';

type Waiting = { readonly query: Buffer; readonly settle: (answer: Buffer | undefined) => void };

/** A socket takes new queries this long. The next has another source port, so that none can be guessed for long. */
const usedForMs = 5000;
const maxWaiting = 32_768;

/**
 * A connected UDP socket to one server, shared by many queries: the kernel drops what comes from elsewhere and reports
 * a closed port at once.
 */
class UpstreamSocket {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #retired = false;

  constructor(place: Place, server: string) {
    const family = familyOf(server);
    const fd = openAt(place, () => socket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM));
    this.#socket = createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      lookup: (host, _options, callback) => callback(null, host, family),
    });
    this.#socket.on('message', (message) => this.#receive(message));
    this.#socket.on('error', () => this.#failAll());
    this.#socket.bind({ fd });
    this.#socket.connect(dnsPort, server);
  }

  /** Sends the query under a number of its own. Undefined: refused, or aborted. */
  ask(query: Buffer, signal: AbortSignal): Promise<Buffer | undefined> {
    const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
    const id = this.#freeId();
    if (id === undefined) return Promise.resolve(undefined);
    const settle = (answer: Buffer | undefined): void => {
      if (!this.#waiting.delete(id)) return;
      signal.removeEventListener('abort', giveUp);
      if (this.#retired && this.#waiting.size === 0) this.#socket.close();
      resolve(answer);
    };
    const giveUp = (): void => settle(undefined);
    signal.addEventListener('abort', giveUp);
    const sent = Buffer.from(query);
    sent.writeUInt16BE(id, 0);
    this.#waiting.set(id, { query: sent, settle });
    this.#socket.send(sent, (error) => {
      if (error) giveUp();
    });
    return promise;
  }

  /** No new queries; closes with the last answer. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    if (this.#waiting.size === 0) this.#socket.close();
  }

  #freeId(): number | undefined {
    if (this.#waiting.size >= maxWaiting) return undefined;
    for (;;) {
      const id = randomInt(0x1_0000);
      if (!this.#waiting.has(id)) return id;
    }
  }

  #receive(message: Buffer): void {
    if (message.length < 2) return;
    const waiting = this.#waiting.get(message.readUInt16BE(0));
    if (waiting !== undefined && answers(message, waiting.query)) waiting.settle(message);
  }

  /** Such as ECONNREFUSED: nobody listens there. */
  #failAll(): void {
    for (const { settle } of [...this.#waiting.values()]) settle(undefined);
  }
}

/** The open sockets of one place, by server. */
export class UdpUpstreams implements Disposable {
  readonly #place: Place;
  readonly #sockets = new Map<string, { socket: UpstreamSocket; timer: NodeJS.Timeout }>();

  constructor(place: Place) {
    this.#place = place;
  }

  ask(server: string, query: Buffer, signal: AbortSignal): Promise<Buffer | undefined> {
    const { socket } = this.#sockets.get(server) ?? this.#open(server);
    return socket.ask(query, signal);
  }

  #open(server: string): { socket: UpstreamSocket; timer: NodeJS.Timeout } {
    const socket = new UpstreamSocket(this.#place, server);
    const timer = setTimeout(() => this.#retire(server), usedForMs).unref();
    const opened = { socket, timer };
    this.#sockets.set(server, opened);
    return opened;
  }

  #retire(server: string): void {
    const opened = this.#sockets.get(server);
    if (opened === undefined) return;
    this.#sockets.delete(server);
    clearTimeout(opened.timer);
    opened.socket.retire();
  }

  [Symbol.dispose](): void {
    for (const server of [...this.#sockets.keys()]) this.#retire(server);
  }
}
