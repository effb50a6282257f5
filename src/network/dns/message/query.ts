// RFC 1035, section 4.1; RFC 6891, section 6.1.
export const headerBytes = 12;
const maxLabelBytes = 63;
const maxNameBytes = 255;
const typeOpt = 41;

export const Type = { A: 1, PTR: 12, AAAA: 28, SRV: 33, ANY: 255 } as const;
export const classIn = 1;
/** badVers has more than four bits: the upper ones go into the OPT record. */
export const Rcode = { noError: 0, formErr: 1, servFail: 2, notImp: 4, refused: 5, badVers: 16 } as const;

/** What is asked, as the zones need it. */
export type Question = {
  /** Lower case, without closing dot: "web.front"; "" is the root. A dot inside a label reads as "\.". */
  readonly name: string;
  /** QTYPE. */
  readonly type: number;
  /** QCLASS. */
  readonly class: number;
};

/** The asker's OPT record. */
export type Edns = {
  /** How large a datagram the asker takes, at least 512. */
  readonly bytes: number;
  readonly version: number;
  /** DO: an answer has to repeat it (RFC 3225). */
  readonly dnssecOk: boolean;
};

/** Where things are in a query. The question itself stays in its bytes until somebody has to read it. */
export type Query = {
  /** Where the question ends: header and question are the bytes before. */
  readonly end: number;
  /** Undefined without an OPT record, which means 512 bytes. */
  readonly edns: Edns | undefined;
};

/** A message that cannot be answered as asked: the error code to send back. */
export type Malformed = { readonly rcode: number };

/** Reads a query. `undefined` for what deserves no answer at all: too short for a header, or itself an answer. */
export function parseQuery(bytes: Buffer, length = bytes.length): Query | Malformed | undefined {
  if (length < headerBytes || (bytes[2]! & 0x80) !== 0) return undefined;
  if ((bytes[2]! & 0x78) !== 0) return { rcode: Rcode.notImp };
  const end = questionEnd(bytes, length);
  if (bytes[4] !== 0 || bytes[5] !== 1 || end === undefined) return { rcode: Rcode.formErr };
  return { end, edns: readEdns(bytes, end, length) };
}

/**
 * Where the question ends; undefined when it is cut off or not a name. Compression makes no sense in the first name of
 * a message, so a pointer is an error too.
 */
function questionEnd(bytes: Buffer, length: number): number | undefined {
  let at = headerBytes;
  for (;;) {
    if (at >= length || at - headerBytes >= maxNameBytes) return undefined;
    const label = bytes[at]!;
    if (label === 0) break;
    if (label > maxLabelBytes) return undefined;
    at += 1 + label;
  }
  const end = at + 1 + 4;
  return end > length ? undefined : end;
}

/** The question of a query that was parsed. */
export function readQuestion(bytes: Buffer, { end }: Query): Question {
  return { name: readName(bytes), type: bytes.readUInt16BE(end - 4), class: bytes.readUInt16BE(end - 2) };
}

function readName(bytes: Buffer): string {
  let text = '';
  for (let at = headerBytes; bytes[at] !== 0; ) {
    const next = at + 1 + bytes[at]!;
    if (text !== '') text += '.';
    for (at++; at < next; at++) text += lowerCase(bytes[at]!);
  }
  return text;
}

function lowerCase(byte: number): string {
  if (byte === 0x2e) return '\\.';
  return String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);
}

/** Queries carry their OPT record alone in the additional section; one that is anywhere else is not looked for. */
function readEdns(bytes: Buffer, at: number, length: number): Edns | undefined {
  if (bytes[11] === 0 && bytes[10] === 0) return undefined;
  const noOtherRecords = bytes.readUInt32BE(6) === 0;
  if (!noOtherRecords || at + 11 > length || bytes[at] !== 0 || bytes.readUInt16BE(at + 1) !== typeOpt) {
    return undefined;
  }
  return {
    bytes: Math.max(512, bytes.readUInt16BE(at + 3)),
    version: bytes[at + 6]!,
    dnssecOk: (bytes[at + 7]! & 0x80) !== 0,
  };
}
