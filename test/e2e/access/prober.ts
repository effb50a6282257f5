/** In a client's namespace: tries every destination at once, and prints what came of each. */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Destination } from './probe.ts';

/**
 * A reset is told apart from silence. What comes by ICMP is not: the kernel sends few of those a second, so that a
 * program that tries much at once does not get every one.
 */
const outcome = (error: NodeJS.ErrnoException): string =>
  error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' ? 'refused' : 'closed';

function tcp({ address, port }: Destination, ms: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host: address, port });
  let seen = '';
  socket.setEncoding('utf8').on('data', (more) => {
    seen += more;
  });
  socket.on('end', () => resolve(seen || 'nothing')).on('error', (error) => resolve(outcome(error)));
  setTimeout(() => resolve('closed'), ms);
  return promise.finally(() => socket.destroy());
}

function udp({ address, port }: Destination, ms: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (seen) => resolve(seen.toString())).on('error', () => resolve('closed'));
  socket.on('connect', () => socket.send('who am I'));
  socket.connect(port, address);
  setTimeout(() => resolve('closed'), ms);
  return promise.finally(() => socket.close());
}

const { destinations, ms } = JSON.parse(await text(process.stdin)) as {
  readonly destinations: readonly Destination[];
  readonly ms: number;
};
const answers = destinations.map((one) => (one.protocol === 'tcp' ? tcp(one, ms) : udp(one, ms)));
process.stdout.write(JSON.stringify(await Promise.all(answers)));
