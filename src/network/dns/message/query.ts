// RFC 1035, section 4.1; RFC 6891, section 6.1.
export const headerBytes = 12;
const maxLabelBytes = 63;
const typeOpt = 41;

export const Type = { A: 1, PTR: 12, AAAA: 28, ANY: 255 } as const;
export const classIn = 1;
export const Rcode = { noError: 0, formErr: 1, servFail: 2, notImp: 4, refused: 5 } as const;

/** One question, as the resolver needs it. What the message holds beyond that stays in its bytes. */
export type Query = {
  /** Lower case, without closing dot: "web.front"; "" is the root. A dot inside a label reads as "\.". */
  readonly name: string;
  /** QTYPE. */
  readonly type: number;
  /** QCLASS. */
  readonly class: number;
  /** Where the question ends: header and question are the bytes before. */
  readonly end: number;
  /** How large a datagram the asker takes, from its OPT record; undefined without one, which means 512. */
  readonly ednsBytes: number | undefined;
};

/** A message that cannot be answered as asked: the error code to send back. */
export type Malformed = { readonly rcode: number };

/** Reads a query. `undefined` for what deserves no answer at all: too short for a header, or itself an answer. */
export function parseQuery(bytes: Buffer): Query | Malformed | undefined {
  if (bytes.length < headerBytes || (bytes[2]! & 0x80) !== 0) return undefined;
  if ((bytes[2]! & 0x78) !== 0) return { rcode: Rcode.notImp };
  const name = readName(bytes);
  if (bytes.readUInt16BE(4) !== 1 || name === undefined || name.end + 4 > bytes.length) return { rcode: Rcode.formErr };
  const end = name.end + 4;
  return {
    name: name.text,
    type: bytes.readUInt16BE(name.end),
    class: bytes.readUInt16BE(name.end + 2),
    end,
    ednsBytes: readEdnsBytes(bytes, end),
  };
}

/** The question's name. Compression makes no sense in the first name of a message, so a pointer is an error too. */
function readName(bytes: Buffer): { text: string; end: number } | undefined {
  let text = '';
  let at = headerBytes;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > maxLabelBytes) return undefined;
    const next = at + 1 + length;
    if (length === 0) return { text, end: next };
    if (next >= bytes.length || next - headerBytes > 255) return undefined;
    if (text !== '') text += '.';
    for (at++; at < next; at++) text += lowerCase(bytes[at]!);
  }
}

function lowerCase(byte: number): string {
  if (byte === 0x2e) return '\\.';
  return String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);
}

/** Queries carry their OPT record alone in the additional section; one that is anywhere else is not looked for. */
function readEdnsBytes(bytes: Buffer, at: number): number | undefined {
  const noOtherRecords = bytes.readUInt32BE(6) === 0;
  if (!noOtherRecords || bytes.readUInt16BE(10) === 0 || at + 11 > bytes.length) return undefined;
  if (bytes[at] !== 0 || bytes.readUInt16BE(at + 1) !== typeOpt) return undefined;
  return Math.max(512, bytes.readUInt16BE(at + 3));
}
