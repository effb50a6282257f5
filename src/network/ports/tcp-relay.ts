import { connect, createServer, type Server, type Socket } from 'node:net';
import { detachFilter } from '../../syscall/socket-filter.ts';
import { relayTo } from './relay-peers.ts';
import type { RelayTarget } from './types.ts';

/**
 * Serves one reserved TCP port by copying bytes, for clients that the kernel cannot translate: see `relayTo`.
 * All others are translated before they reach the socket.
 * Takes the descriptor over: closing the relay closes it. Open connections go on until either side ends them, or
 * until the relay is disposed.
 */
export class TcpRelay implements Disposable {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  constructor(fd: number, target: () => RelayTarget, port: number) {
    // A client that half-closes still gets the rest of the answer.
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const host = relayTo(client.remoteAddress ?? '', target());
      if (host === undefined) client.resetAndDestroy();
      else this.#join(client, connect({ host, port, allowHalfOpen: true }));
    });
    this.#server.on('error', () => this.#server.close());
    this.#server.listen({ fd });
    this.#server.unref();
    detachFilter(fd);
  }

  [Symbol.dispose](): void {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
  }

  #join(client: Socket, container: Socket): void {
    for (const [from, to] of [
      [client, container],
      [container, client],
    ] as const) {
      this.#connections.add(from);
      from.unref();
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => this.#connections.delete(from));
    }
  }
}
