import { createServer, type Server, type Socket } from 'node:net';
import { askOthers, noAnswer } from '../respond.ts';
import { Frames, frame } from './frames.ts';
import type { Handler } from './handler.ts';

const idleMs = 10_000;
/** Per sandbox, so that one container cannot use up the engine's descriptors. */
const maxConnections = 100;
/** Where messages are answered in place: one for all, since that takes no turn of the event loop. */
const scratch = Buffer.alloc(0xffff);

/** The TCP socket of one sandbox. */
export class TcpListener implements Disposable {
  readonly #server: Server;
  readonly #handler: Handler;
  readonly #connections = new Set<Socket>();

  /** `fd`, which listens, is the listener's from now on. */
  constructor(fd: number, handler: Handler) {
    this.#handler = handler;
    this.#server = createServer((connection) => this.#accept(connection));
    this.#server.maxConnections = maxConnections;
    this.#server.on('error', () => this.#server.close());
    this.#server.listen({ fd });
  }

  #accept(connection: Socket): void {
    const frames = new Frames();
    this.#connections.add(connection);
    connection.setTimeout(idleMs, () => connection.destroy());
    // A reset by the client is its own affair; 'close' follows.
    connection.on('error', () => {});
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('data', (chunk) => {
      for (const message of frames.push(chunk)) this.#handle(message, connection);
    });
  }

  #handle(message: Buffer, connection: Socket): void {
    message.copy(scratch);
    const length = this.#handler.respond(scratch, message.length, 'tcp');
    const reply = (answer: Buffer): void => void (connection.writable && connection.write(frame(answer)));
    if (length === askOthers) void this.#handler.forward(message, 'tcp').then(reply);
    else if (length !== noAnswer) reply(scratch.subarray(0, length));
  }

  [Symbol.dispose](): void {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
  }
}
