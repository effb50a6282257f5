import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { AppError, messageOf } from '../../base/index.ts';
import type { StreamSession } from '../backend.ts';
import type { Client, Reply } from '../http/client.ts';
import { before } from '../versions/before.ts';
import { converse, finish } from './session.ts';

/** The first API version whose output comes in binary frames; before, in text frames, whatever the bytes. */
const binarySince = '1.28';
/** RFC 6455, 7.4.1: the purpose of the connection is fulfilled. */
const normalClosure = 1000;
/** No message of a client is longer: it is held in memory until it is whole. */
const longestMessageBytes = 1 << 20;

/**
 * A stream in both directions by web socket (RFC 6455). Both outputs come as they are, without frames of ours, also
 * without a terminal: Docker leaves it to the client to open a socket for each.
 */
export function webSocketSession(live: StreamSession, detachKeys: Buffer): Reply {
  return async (client) => {
    const socket = await accept(client).catch((error: unknown) => {
      live.detach();
      throw error;
    });
    const stream = streamOf(socket, !before(client.version, binarySince));
    // There is no half-close: whoever ends what it sends has left.
    stream.once('end', () => setImmediate(() => stream.destroy())); // after stdin's own end
    const outlet = await converse({ in: stream, out: stream }, live, { framed: false, detachKeys, onDetachText: '' });
    finish({ in: stream, out: stream }, outlet);
  };
}

/** Throws `invalid` when the request is no handshake. */
async function accept({ request, response, upgrade }: Client): Promise<WebSocket> {
  if (!upgrade) throw new AppError('invalid', 'not a web socket handshake: no "Upgrade: websocket" in the request');
  const { WebSocketServer } = await import('ws'); // few clients need it
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: longestMessageBytes,
    skipUTF8Validation: true, // what is typed need not be text
  });
  return await new Promise((resolve, reject) => {
    server.on('wsClientError', (error) => reject(new AppError('invalid', messageOf(error))));
    server.on('headers', (lines) => {
      for (const [name, value] of Object.entries(response.getHeaders())) {
        if (name !== 'connection') lines.push(`${name}: ${String(value)}`);
      }
    });
    server.handleUpgrade(request, upgrade, Buffer.alloc(0), (socket) => {
      response.detachSocket(request.socket);
      resolve(socket);
    });
  });
}

/** The messages of both sides as bytes, with back-pressure both ways. Ending it closes the socket in good order. */
function streamOf(socket: WebSocket, binary: boolean): Duplex {
  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => socket.send(chunk, { binary }, done),
    final(done) {
      socket.close(normalClosure);
      done();
    },
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  socket.on('message', (data: Buffer) => {
    if (!stream.push(data)) socket.pause();
  });
  socket.on('error', () => {}); // 'close' follows
  socket.once('close', () => {
    if (!stream.destroyed) stream.push(null);
  });
  return stream;
}
