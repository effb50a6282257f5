/**
 * Asks without a pause, 16 questions at a time: `asker.ts NAME SERVER`. Says "ready", and when its input ends one line
 * of JSON: how often it asked, how many got no answer within 5 s, and every different answer.
 */
import { createSocket } from 'node:dgram';
import dnsPacket from 'dns-packet';

const [name = '', server = '127.0.0.11'] = process.argv.slice(2);
const atOnce = 16;
const patienceMs = 5000;

const socket = createSocket('udp4');
const waiting = new Map<number, NodeJS.Timeout>();
const answers = new Set<string>();
let asked = 0;
let lost = 0;
let ended = false;

function ask(): void {
  if (ended) {
    finish();
    return;
  }
  const id = asked++ & 0xffff;
  const query = dnsPacket.encode({
    type: 'query',
    id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type: 'A', name }],
  });
  const giveUp = (): void => {
    lost++;
    settle(id);
  };
  waiting.set(id, setTimeout(giveUp, patienceMs));
  socket.send(query, 53, server);
}

function settle(id: number): void {
  clearTimeout(waiting.get(id));
  if (waiting.delete(id)) ask();
}

function finish(): void {
  if (waiting.size > 0) return;
  console.log(JSON.stringify({ asked, lost, answers: [...answers] }));
  process.exit();
}

socket.on('message', (message) => {
  const { id = -1, answers: found = [] } = dnsPacket.decode(message);
  answers.add(found.map((answer) => (answer.type === 'A' ? answer.data : answer.type)).join(' '));
  settle(id);
});
process.stdin.resume().on('end', () => {
  ended = true;
});
for (let i = 0; i < atOnce; i++) ask();
console.log('ready');
