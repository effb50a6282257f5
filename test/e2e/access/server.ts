/** In a container's namespace: answers TCP and UDP clients of ports 80 and 81 with the address it sees them under. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '');

for (const port of [80, 81]) {
  const tcp = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(plain(socket.remoteAddress));
  });
  // Without IPv6 there is no "::".
  tcp.on('error', () => tcp.listen(port, '0.0.0.0')).listen(port, '::');
  for (const type of ['udp4', 'udp6'] as const) {
    const udp = createSocket({ type, ipv6Only: type === 'udp6' });
    udp.on('message', (_, from) => udp.send(plain(from.address), from.port, from.address));
    udp.on('error', () => {});
    udp.bind(port);
  }
}
