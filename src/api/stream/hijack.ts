import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import type { Client } from '../http/client.ts';

/** A connection that has left HTTP behind, its head already on the way. */
export type Hijacked = {
  readonly out: Writable;
  /** Bytes from the client; undefined where the client stays with plain HTTP, whose body is over. */
  readonly in: Duplex | undefined;
};

/** How the upgrade's status line reads in Docker. */
const switching = 'HTTP/1.1 101 UPGRADED';

/**
 * Answers 101 when the client asked for an upgrade, else 200 without length and without chunks, to the connection's end.
 * Resolves once the head has been given to the kernel: readers that buffer the head would swallow stream bytes that came
 * in the same packet.
 */
export async function hijack(client: Client, contentType: string): Promise<Hijacked> {
  const socket = client.upgrade;
  if (!socket) return { out: await rawAnswer(client, contentType), in: undefined };
  const headers = {
    ...client.response.getHeaders(),
    'Content-Type': contentType,
    Connection: 'Upgrade',
    Upgrade: 'tcp',
  };
  client.response.detachSocket(client.request.socket);
  await sent(socket, `${switching}\r\n${headerLines(headers)}\r\n`);
  return { out: socket, in: socket };
}

async function rawAnswer({ response, request }: Client, contentType: string): Promise<Writable> {
  response.removeHeader('Transfer-Encoding');
  response.writeHead(200, STATUS_CODES[200], { 'Content-Type': contentType, Connection: 'close' });
  response.flushHeaders();
  await sent(request.socket, '');
  return response;
}

const headerLines = (headers: OutgoingHttpHeaders): string =>
  Object.entries(headers)
    .map(([name, value]) => `${canonical(name)}: ${String(value)}\r\n`)
    .join('');

/** "api-version" to "Api-Version": some clients read a raw head by exact name. */
const canonical = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** Resolves when this and all that was written before it is out, or never will be. */
function sent(socket: Duplex, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.write(text, () => resolve());
  });
}
