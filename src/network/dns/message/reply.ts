import { classIn, headerBytes, type Query, Rcode } from './query.ts';

/** One answer record. Its owner is the question's name, its class IN, its time to live 0: names move at once. */
export type Answer = { readonly type: number; readonly data: Uint8Array };

const defaultUdpBytes = 512; // RFC 1035, section 4.2.1
/** What we take ourselves, without risk of fragments (DNS flag day 2020). */
const ownUdpBytes = 1232;
const optBytes = 11;
const answerHeaderBytes = 12;
/** RFC 1035, section 4.1.4: a pointer to the question's name, which is always at the same place. */
const pointerToQuestion = 0xc000 | headerBytes;

/** How large an answer may be. A TCP message's length has 16 bits. */
export const replyLimit = (query: Query, transport: 'udp' | 'tcp'): number =>
  transport === 'tcp' ? 65_535 : (query.ednsBytes ?? defaultUdpBytes);

/** Our own answer to `query`, which was parsed from `request`. What exceeds `limit` is left out, and TC set. */
export function buildReply(request: Buffer, query: Query, answers: readonly Answer[], limit: number): Buffer {
  const tail = query.ednsBytes === undefined ? 0 : optBytes;
  const { count, bytes } = howMany(answers, limit - query.end - tail);
  const out = Buffer.allocUnsafe(query.end + bytes + tail);
  request.copy(out, 0, 0, query.end);
  setFlags(out, Rcode.noError, count < answers.length);
  out.writeUInt16BE(count, 6);
  out.writeUInt16BE(0, 8);
  out.writeUInt16BE(tail === 0 ? 0 : 1, 10);
  let at = query.end;
  for (let i = 0; i < count; i++) at = writeAnswer(out, at, answers[i]!);
  if (tail !== 0) writeOpt(out, at);
  return out;
}

/** An error as the answer: header, and the question if it could be read. */
export function buildError(request: Buffer, rcode: number, questionEnd = headerBytes): Buffer {
  const out = Buffer.from(request.subarray(0, questionEnd));
  setFlags(out, rcode, false);
  out.writeUInt16BE(questionEnd > headerBytes ? 1 : 0, 4);
  out.fill(0, 6, headerBytes);
  return out;
}

/** QR, RA; RD as asked. */
function setFlags(out: Buffer, rcode: number, truncated: boolean): void {
  out[2] = (out[2]! & 0x79) | 0x80 | (truncated ? 0x02 : 0);
  out[3] = 0x80 | rcode;
}

function howMany(answers: readonly Answer[], room: number): { count: number; bytes: number } {
  let bytes = 0;
  for (const [count, answer] of answers.entries()) {
    const more = answerHeaderBytes + answer.data.length;
    if (bytes + more > room) return { count, bytes };
    bytes += more;
  }
  return { count: answers.length, bytes };
}

function writeAnswer(out: Buffer, at: number, answer: Answer): number {
  out.writeUInt16BE(pointerToQuestion, at);
  out.writeUInt16BE(answer.type, at + 2);
  out.writeUInt16BE(classIn, at + 4);
  out.writeUInt32BE(0, at + 6);
  out.writeUInt16BE(answer.data.length, at + 10);
  out.set(answer.data, at + answerHeaderBytes);
  return at + answerHeaderBytes + answer.data.length;
}

/** RFC 6891, section 6.1.2: root name, type 41, our size in the place of the class, no flags, no options. */
function writeOpt(out: Buffer, at: number): void {
  out.fill(0, at, at + optBytes);
  out.writeUInt16BE(41, at + 1);
  out.writeUInt16BE(ownUdpBytes, at + 3);
}
