import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from './json-body.ts';

/** How long the rest of a body that nobody wants is taken and dropped, in milliseconds. */
const lingerMs = 2000;

/**
 * For the last request of a connection (`Connection: close`): node would close it once the answer is out, also under a
 * client that still sends its body. Clients that send all before they read then see EPIPE or a reset instead of the
 * answer. Here the rest is read and dropped first, for a while.
 */
export function lingerAtEnd(request: IncomingMessage, response: ServerResponse, forMs = lingerMs): void {
  if (response.shouldKeepAlive || !hasBody(request.headers)) return;
  const { socket } = request;
  const close = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    if (request.complete || request.destroyed) {
      close();
      return;
    }
    socket.end(); // the answer, and that it was all
    const timer = setTimeout(() => socket.destroy(), forMs).unref();
    socket.once('close', () => clearTimeout(timer));
    request.once('end', close).resume();
  };
}
