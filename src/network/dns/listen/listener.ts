import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { hasCode } from '../../../base/index.ts';
import { inNetns } from '../../../syscall/netns.ts';
import {
  AF_INET,
  bindInet,
  closeFd,
  listen,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  setsockopt,
  socket,
} from '../../../syscall/socket.ts';
import { embeddedAddress } from '../files/resolv-conf.ts';
import { Frames, frame } from './frames.ts';

/** Answers one message by calling `reply` once, at once or later, or never. */
export type Handler = (message: Buffer, transport: 'udp' | 'tcp', reply: (answer: Buffer) => void) => void;

const idleMs = 10_000;
/** Taken where it is free, as in every new sandbox: a restarted engine then finds its redirection in place. */
const preferredPort = 21_053;
/** <asm-generic/socket.h>: SO_RCVBUF beyond net.core.rmem_max, which leaves room for 250 queries at once. */
const SO_RCVBUFFORCE = 33;
const queuedBytes = 1 << 20;
/** Per sandbox, so that one container cannot use up the engine's descriptors. */
const maxConnections = 100;

/** The two sockets of one sandbox, on 127.0.0.11 and a free port each: opened in its namespace, served from here. */
export class Listener implements Disposable {
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();

  /** The namespace's loopback must be up. Throws SysError. */
  constructor(netnsFd: number, handle: Handler) {
    using undo = new DisposableStack();
    const fds = inNetns(netnsFd, () => [SOCK_DGRAM, SOCK_STREAM].map(openBound));
    this.#udp = undo.adopt(serveUdp(fds[0]!, handle), (udp) => udp.close());
    this.#tcp = createServer((connection) => this.#accept(connection, handle));
    this.#tcp.maxConnections = maxConnections;
    this.#tcp.on('error', () => this.#tcp.close());
    this.#tcp.listen({ fd: fds[1]! });
    undo.move();
  }

  get ports(): { udp: number; tcp: number } {
    return { udp: this.#udp.address().port, tcp: (this.#tcp.address() as { port: number }).port };
  }

  #accept(connection: Socket, handle: Handler): void {
    const frames = new Frames();
    this.#connections.add(connection);
    connection.setTimeout(idleMs, () => connection.destroy());
    // A reset by the client is its own affair; 'close' follows.
    connection.on('error', () => {});
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('data', (chunk) => {
      for (const message of frames.push(chunk)) {
        handle(message, 'tcp', (answer) => void (connection.writable && connection.write(frame(answer))));
      }
    });
  }

  [Symbol.dispose](): void {
    this.#udp.close();
    this.#tcp.close();
    for (const connection of this.#connections) connection.destroy();
  }
}

function openBound(type: number): number {
  const fd = socket(AF_INET, type);
  try {
    if (type === SOCK_DGRAM) setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, queuedBytes);
    // Else connections that an earlier engine ended keep the port for a minute (TIME_WAIT).
    if (type === SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    bindPreferred(fd);
    if (type === SOCK_STREAM) listen(fd, 64);
    return fd;
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}

function bindPreferred(fd: number): void {
  try {
    bindInet(fd, embeddedAddress, preferredPort);
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE')) throw error;
    bindInet(fd, embeddedAddress, 0);
  }
}

function serveUdp(fd: number, handle: Handler): UdpSocket {
  // Replies go to addresses, not names: dgram's own lookup would cost a turn of the event loop each.
  const udp = createSocket({ type: 'udp4', lookup: (host, _options, callback) => callback(null, host, 4) });
  let closed = false;
  udp.on('close', () => {
    closed = true;
  });
  // One reply that could not be delivered (the client is gone) is no reason to stop.
  udp.on('error', () => {});
  udp.on('message', (message, from) => {
    handle(message, 'udp', (answer) => {
      if (!closed) udp.send(answer, from.port, from.address);
    });
  });
  udp.bind({ fd });
  return udp;
}
