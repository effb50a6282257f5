/**
 * Cuts a TCP stream into DNS messages: each has its length in front, 16 bits (RFC 1035, section 4.2.2). Holds at most
 * one unfinished message.
 */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages completed by `chunk`, in order. They are the caller's to keep. */
  push(chunk: Buffer): Buffer[] {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    while (bytes.length >= 2) {
      const end = 2 + bytes.readUInt16BE(0);
      if (bytes.length < end) break;
      messages.push(bytes.subarray(2, end));
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
    return messages;
  }
}

/** A message as it goes into the stream. */
export function frame(message: Buffer): Buffer {
  const out = Buffer.allocUnsafe(2 + message.length);
  out.writeUInt16BE(message.length, 0);
  message.copy(out, 2);
  return out;
}
