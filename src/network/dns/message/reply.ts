import { classIn, type Edns, headerBytes, type Query, Rcode } from './query.ts';

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
export const replyLimit = ({ edns }: Query, transport: 'udp' | 'tcp'): number =>
  transport === 'tcp' ? 65_535 : (edns?.bytes ?? defaultUdpBytes);

/**
 * Turns the query in `bytes` into our own answer to it, in place, and says how long that is. What exceeds `limit`, or
 * the room there is, is left out, and TC set.
 */
export function writeReply(bytes: Buffer, query: Query, answers: readonly Answer[], limit: number): number {
  const { end, edns } = query;
  const tail = edns === undefined ? 0 : optBytes;
  const count = howMany(answers, Math.min(limit, bytes.length) - end - tail);
  writeHeader(bytes, Rcode.noError, { questions: 1, answers: count, truncated: count < answers.length, edns });
  let at = end;
  for (let i = 0; i < count; i++) at = writeAnswer(bytes, at, answers[i]!);
  return edns === undefined ? at : writeOpt(bytes, at, edns, Rcode.noError);
}

/** The same for an error. Without `query`, which could not be read then, the answer is its header. */
export function writeError(bytes: Buffer, rcode: number, query?: Query): number {
  writeHeader(bytes, rcode, {
    questions: query === undefined ? 0 : 1,
    answers: 0,
    truncated: false,
    edns: query?.edns,
  });
  if (query === undefined) return headerBytes;
  return query.edns === undefined ? query.end : writeOpt(bytes, query.end, query.edns, rcode);
}

type Header = {
  readonly questions: number;
  readonly answers: number;
  readonly truncated: boolean;
  readonly edns: Edns | undefined;
};

/** QR, RA; RD and CD as asked. Single bytes: this runs for every query. */
function writeHeader(bytes: Buffer, rcode: number, { questions, answers, truncated, edns }: Header): void {
  bytes[2] = (bytes[2]! & 0x79) | 0x80 | (truncated ? 0x02 : 0);
  bytes[3] = 0x80 | (bytes[3]! & 0x10) | (rcode & 0x0f);
  bytes[4] = 0;
  bytes[5] = questions;
  bytes[6] = answers >> 8;
  bytes[7] = answers & 0xff;
  bytes[8] = 0;
  bytes[9] = 0;
  bytes[10] = 0;
  bytes[11] = edns === undefined ? 0 : 1;
}

function howMany(answers: readonly Answer[], room: number): number {
  let bytes = 0;
  for (let count = 0; count < answers.length; count++) {
    bytes += answerHeaderBytes + answers[count]!.data.length;
    if (bytes > room) return count;
  }
  return answers.length;
}

function writeAnswer(bytes: Buffer, at: number, { type, data }: Answer): number {
  bytes[at] = pointerToQuestion >> 8;
  bytes[at + 1] = pointerToQuestion & 0xff;
  bytes[at + 2] = type >> 8;
  bytes[at + 3] = type & 0xff;
  bytes[at + 4] = 0;
  bytes[at + 5] = classIn;
  bytes[at + 6] = 0;
  bytes[at + 7] = 0;
  bytes[at + 8] = 0;
  bytes[at + 9] = 0;
  bytes[at + 10] = data.length >> 8;
  bytes[at + 11] = data.length & 0xff;
  const start = at + answerHeaderBytes;
  for (let i = 0; i < data.length; i++) bytes[start + i] = data[i]!;
  return start + data.length;
}

/** RFC 6891, section 6.1.2: root name, type 41, our size in the place of the class, no options. */
function writeOpt(bytes: Buffer, at: number, edns: Edns, rcode: number): number {
  bytes.fill(0, at, at + optBytes);
  bytes.writeUInt16BE(41, at + 1);
  bytes.writeUInt16BE(ownUdpBytes, at + 3);
  bytes[at + 5] = rcode >> 4;
  if (edns.dnssecOk) bytes[at + 7] = 0x80;
  return at + optBytes;
}
