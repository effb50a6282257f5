import { connect, type Socket } from 'node:net';
import { Frames, frame } from '../listen/frames.ts';
import { answers } from './match.ts';
import { dnsPort, familyOf, openAt, type Place } from './place.ts';

/** Asks one server over a TCP connection of its own. Undefined: refused, ended, or aborted. */
export function askOverTcp(
  place: Place,
  server: string,
  query: Buffer,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const connection = openAt(place, () => open(server));
  const frames = new Frames();
  const abort = (): void => void connection.destroy();
  signal.addEventListener('abort', abort);
  connection.on('data', (chunk) => {
    const answer = frames.push(chunk).find((message) => answers(message, query));
    if (answer !== undefined) resolve(answer);
    if (answer !== undefined) connection.destroy();
  });
  // 'close' follows an error.
  connection.on('error', () => {});
  connection.on('close', () => {
    signal.removeEventListener('abort', abort);
    resolve(undefined);
  });
  connection.write(frame(query));
  return promise;
}

/**
 * net.connect makes its socket a turn of the event loop later, unless a lookup of its caller's answers at once: so it
 * is made here and now, in the namespace that the thread is in.
 */
function open(server: string): Socket {
  const family = familyOf(server);
  return connect({
    host: 'name.server',
    port: dnsPort,
    autoSelectFamily: false,
    lookup: (_host, _options, callback) => callback(null, server, family),
  });
}
