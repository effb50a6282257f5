import { connect, createServer, type Server, type Socket } from 'node:net';
import { detachFilter } from '../../syscall/socket-filter.ts';
import type { RelayTarget } from './types.ts';

/**
 * Serves one reserved TCP port by copying bytes, for the clients that the kernel cannot translate: `::1`, link-local
 * peers, and IPv6 peers of a container that has only IPv4. All others are translated before they reach the socket.
 * Takes the descriptor over: closing the relay closes it. Open connections go on until either side ends them, or
 * until the relay is disposed.
 */
export class TcpRelay implements Disposable {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  constructor(fd: number, target: () => RelayTarget, port: number) {
    // A client that half-closes still gets the rest of the answer.
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const { ipv4, ipv6 } = target();
      const host = ipv4 ?? ipv6;
      if (host === undefined) client.destroy();
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
