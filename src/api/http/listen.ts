import { lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { AppError, hasCode, messageOf } from '../../base/index.ts';

/** Owner and group may read and write: what is taken from 0777 for a socket of mode 0660. */
const socketUmask = 0o117;
/** How long an engine that holds a socket may take to accept, in milliseconds. */
const answerWithinMs = 1000;

export type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** "unix:///run/x.sock" or "tcp://127.0.0.1:2375". Throws `invalid`. */
export function parseHost(host: string): Address {
  const [, scheme, rest] = /^([a-z]+):\/\/(.*)$/.exec(host) ?? [];
  if (scheme === 'unix' && rest?.startsWith('/')) return { path: rest };
  const address = /^(?:\[([0-9a-f:.]+)\]|([^:/]*)):(\d{1,5})\/?$/i.exec(rest ?? '');
  if (scheme === 'tcp' && address && Number(address[3]) <= 65535) {
    return { host: address[1] || address[2] || '127.0.0.1', port: Number(address[3]) };
  }
  throw new AppError('invalid', `cannot listen on "${host}": want unix:///PATH or tcp://ADDRESS:PORT`);
}

/** Listens. A socket file that nobody answers on is replaced; one that somebody answers on is left alone. */
export async function listenOn(server: Server, host: string): Promise<void> {
  const address = parseHost(host);
  if ('path' in address) await clearPath(address.path);
  const listening = Promise.withResolvers<void>();
  const refuse = (error: Error): void => {
    listening.reject(new AppError('unavailable', `cannot listen on ${host}: ${messageOf(error)}`, { cause: error }));
  };
  server.once('error', refuse);
  server.once('listening', listening.resolve);
  bind(server, address);
  await listening.promise;
  server.off('error', refuse);
}

/** The file's mode is right from its first moment: binding is synchronous, so the changed umask is seen by nobody else. */
function bind(server: Server, address: Address): void {
  if (!('path' in address)) {
    server.listen(address);
    return;
  }
  const before = process.umask(socketUmask);
  try {
    server.listen(address.path);
  } finally {
    process.umask(before);
  }
}

async function clearPath(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new AppError('conflict', `cannot listen on ${path}: a file that is no socket is there`);
  if (await answers(path)) {
    throw new AppError(
      'conflict',
      `cannot listen on ${path}: another engine answers there; stop it or choose another --host`,
    );
  }
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path, timeout: answerWithinMs });
    const settle = (answered: boolean): void => {
      probe.destroy();
      resolve(answered);
    };
    probe.once('connect', () => settle(true));
    probe.once('timeout', () => settle(true));
    // Only a refusal shows that nobody is there; a full backlog (EAGAIN) is somebody.
    probe.once('error', (error) => settle(!hasCode(error, 'ECONNREFUSED') && !hasCode(error, 'ENOENT')));
  });
}
