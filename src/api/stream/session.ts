import type { Duplex } from 'node:stream';
import { messageOf } from '../../base/index.ts';
import type { StreamSession } from '../backend.ts';
import type { Client, Reply } from '../http/client.ts';
import { before } from '../versions/before.ts';
import { DetachFilter } from './detach-keys.ts';
import { frame, multiplexedType, rawType } from './frame.ts';
import { type Hijacked, hijack } from './hijack.ts';
import { Outlet } from './outlet.ts';
import { watchPresence } from './presence.ts';

/** The first API version whose Content-Type tells framed from raw streams. */
const typedSince = '1.42';
/** After the end of output, how long what the client still sends is taken and dropped, in milliseconds. */
const lingerMs = 2000;

export type SessionOptions = {
  readonly tty: boolean;
  readonly detachKeys: Buffer;
  /** Gives the session once the head is out; a failure is told in the stream, where nothing else is left. */
  readonly open: () => Promise<StreamSession>;
  /** Last words when the client used its detach keys. */
  readonly onDetachText: string;
};

/** A stream in both directions between the client and a container or exec, until the output ends or the client goes. */
export function session(options: SessionOptions): Reply {
  return async (client) => {
    const connection = await hijack(client, contentType(client, options.tty));
    const outlet = new Outlet(connection.out);
    const opened = await options.open().catch((error: unknown) => {
      client.log.debug(`session: ${messageOf(error)}`);
      const text = Buffer.from(`${messageOf(error)}\r\n`);
      outlet.write(...(options.tty ? [text] : frame('stdout', text)));
      return undefined;
    });
    if (opened) await converse(connection, opened, { ...options, framed: !options.tty }, outlet);
    finish(connection, outlet);
  };
}

function contentType({ upgrade, version }: Client, tty: boolean): string {
  return upgrade && !tty && !before(version, typedSince) ? multiplexedType : rawType;
}

export type ConverseOptions = {
  /** Whether a head in front of each piece tells the streams apart. */
  readonly framed: boolean;
  readonly detachKeys: Buffer;
  readonly onDetachText: string;
};

/** Carries both directions until the output ends or the client goes; gives what the output went out by. */
export async function converse(
  connection: Hijacked,
  live: StreamSession,
  options: ConverseOptions,
  outlet = new Outlet(connection.out),
): Promise<Outlet> {
  const over = Promise.withResolvers<void>();
  const leave = (): void => {
    live.detach();
    over.resolve();
  };
  if (connection.in) {
    watchPresence(connection.in, leave);
    feed(connection.in, live, options.detachKeys, () => {
      if (options.onDetachText) outlet.write(options.onDetachText);
      leave();
    });
  } else {
    connection.out.on('error', () => {}).once('close', leave);
  }
  try {
    await Promise.race([pump(live, outlet, options.framed), over.promise]);
  } finally {
    live.detach();
  }
  return outlet;
}

/** Client to container, with back-pressure; the client's half-close ends the container's stdin. */
function feed(socket: Duplex, { stdin, tty }: StreamSession, detachKeys: Buffer, onDetach: () => void): void {
  if (!stdin) {
    socket.resume();
    return;
  }
  // A process that ended or closed its stdin does not want the rest.
  stdin.on('error', () => socket.unpipe().resume());
  stdin.once('close', () => socket.unpipe().resume());
  if (tty) socket.pipe(new DetachFilter(detachKeys, onDetach)).pipe(stdin);
  else socket.pipe(stdin);
}

async function pump(live: StreamSession, outlet: Outlet, framed: boolean): Promise<void> {
  for await (const { stream, data } of live.output) {
    if (outlet.closed) return;
    const full = outlet.write(...(framed ? frame(stream, data) : [data]));
    if (full) await full;
  }
}

/** Ends our side, and drops what still comes: closing on unread input would reset the connection under the output. */
export function finish({ in: socket }: Hijacked, outlet: Outlet): void {
  outlet.end();
  if (!socket) return;
  socket.unpipe().resume();
  socket.once('finish', () => {
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    socket.once('close', () => clearTimeout(timer));
  });
}
