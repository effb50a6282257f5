import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { detachFilter } from '../../syscall/socket-filter.ts';
import { relayTo } from './relay-peers.ts';
import type { RelayTarget } from './types.ts';

type Peer = { readonly socket: Socket; readonly timer: NodeJS.Timeout };

/** As long as the kernel remembers an answered UDP flow (nf_conntrack_udp_timeout_stream). */
const idleMs = 120_000;
/** Clients at one time; more are not answered until others have been idle. */
const mostPeers = 1024;

/**
 * Serves one reserved UDP port for the clients that the kernel cannot translate, with a socket of its own to the
 * container for each, by which answers find back. Takes the descriptor over.
 */
export class UdpRelay implements Disposable {
  readonly #socket: Socket;
  readonly #peers = new Map<string, Peer>();
  readonly #target: () => RelayTarget;
  readonly #port: number;

  constructor(fd: number, target: () => RelayTarget, port: number) {
    this.#target = target;
    this.#port = port;
    this.#socket = createSocket('udp6');
    this.#socket.on('error', () => {}); // a client that is gone is no concern of the others
    this.#socket.on('message', (message, { address, port: from }) => this.#forward(message, address, from));
    this.#socket.bind({ fd, exclusive: true });
    this.#socket.unref();
    detachFilter(fd);
  }

  [Symbol.dispose](): void {
    for (const peer of this.#peers.values()) {
      clearTimeout(peer.timer);
      peer.socket.close();
    }
    this.#peers.clear();
    this.#socket.close();
  }

  #forward(message: Buffer, address: string, port: number): void {
    const host = relayTo(address, this.#target());
    if (host === undefined) return;
    const peer = this.#peers.get(`${address} ${port} ${host}`) ?? this.#open(address, port, host);
    peer?.timer.refresh();
    peer?.socket.send(message, this.#port, host);
  }

  #open(address: string, port: number, host: string): Peer | undefined {
    if (this.#peers.size >= mostPeers) return undefined;
    const key = `${address} ${port} ${host}`;
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    socket.on('error', () => {});
    socket.on('message', (answer, from) => {
      if (from.address === host && from.port === this.#port) this.#socket.send(answer, port, address);
    });
    socket.unref();
    const timer = setTimeout(() => {
      this.#peers.delete(key);
      socket.close();
    }, idleMs).unref();
    const peer = { socket, timer };
    this.#peers.set(key, peer);
    return peer;
  }
}
