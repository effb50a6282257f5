import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { AppError } from '../../base/index.ts';

/**
 * A request's body as a stream of its own, which its reader may give up half-way. When a pipeline destroys the request
 * itself, node leaves the connection as it is, with the rest of the body in front of the next request, never to be read.
 */
export function rawBody(request: IncomingMessage): Readable {
  const body = new PassThrough({ highWaterMark: 256 * 1024 });
  const cut = (): void => {
    if (!request.readableEnded) body.destroy(new AppError('invalid', 'request body cut short'));
  };
  request.once('error', cut).once('close', cut);
  body.on('error', () => {}); // whoever reads it hears of it, if anybody does
  return request.pipe(body);
}

/** Reads and drops what nobody wants of a body, once the answer is out: the next request stands behind it. */
export function dropRest(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  request.unpipe();
  request.resume();
}
