/**
 * A name server for tests: `name-server.ts MODE ADDRESS`. It says "ready", then prints each question it gets.
 * answer: names that start with "no" do not exist, "big" needs TCP, all others have the asker's own address, of IPv4 alone.
 * silent: never answers. slow: the same as answer, half a second late. refuse: REFUSED. unknown: no name exists.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import dnsPacket, { type Packet } from 'dns-packet';

const [mode = 'answer', address = '127.0.0.1'] = process.argv.slice(2);
const nxdomain = 3;
const refused = 5;
/** As servers for others say it: glibc passes one by that has no answer and does not. */
const able = dnsPacket.RECURSION_AVAILABLE;

function respond(query: Packet, asker: string, transport: 'udp' | 'tcp'): Packet | undefined {
  const [question] = query.questions ?? [];
  console.log(`${transport} ${question?.name}`);
  if (question === undefined || mode === 'silent') return undefined;
  const base = { type: 'response' as const, id: query.id ?? 0, questions: [question] } satisfies Packet;
  if (mode === 'refuse') return { ...base, flags: able | refused };
  if (mode === 'unknown' || question.name.startsWith('no')) return { ...base, flags: able | nxdomain };
  const truncated = question.name.startsWith('big') && transport === 'udp';
  const count = question.name.startsWith('big') ? 100 : 1;
  if (truncated) return { ...base, flags: able | dnsPacket.TRUNCATED_RESPONSE };
  const data = asker.replace('::ffff:', '');
  if (question.type === 'AAAA') return { ...base, flags: able, answers: [] };
  return { ...base, flags: able, answers: Array(count).fill({ type: 'A', name: question.name, ttl: 60, data }) };
}

const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
udp.on('message', (message, from) => {
  const response = respond(dnsPacket.decode(message), from.address, 'udp');
  if (response === undefined) return;
  setTimeout(() => udp.send(dnsPacket.encode(response), from.port, from.address), mode === 'slow' ? 500 : 0);
});
const tcp = createServer((connection) => {
  connection.on('error', () => {});
  connection.once('data', (bytes) => {
    const response = respond(dnsPacket.streamDecode(bytes), connection.remoteAddress ?? '', 'tcp');
    if (response !== undefined) connection.end(dnsPacket.streamEncode(response));
  });
});
udp.bind(53, address, () => tcp.listen(53, address, () => console.log('ready')));
