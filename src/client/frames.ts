/** A piece of output of a container without terminal. */
export type Piece = { readonly stream: 'stdout' | 'stderr'; readonly data: Buffer };

const headerBytes = 8;

/**
 * Takes apart the multiplexed stream of attach, exec and logs: frames of a stream number (1 output, 2 errors), three zero
 * bytes, the payload's length (u32, big-endian) and the payload. A frame is passed on as its bytes come, never collected.
 */
export async function* demultiplex(source: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  let header = Buffer.alloc(0);
  let left = 0;
  let stream: Piece['stream'] = 'stdout';
  for await (const chunk of source) {
    let rest = chunk;
    while (rest.length > 0) {
      if (left > 0) {
        const data = rest.subarray(0, left);
        left -= data.length;
        rest = rest.subarray(data.length);
        yield { stream, data };
        continue;
      }
      const need = headerBytes - header.length;
      header = Buffer.concat([header, rest.subarray(0, need)]);
      rest = rest.subarray(need);
      if (header.length < headerBytes) break;
      stream = header[0] === 2 ? 'stderr' : 'stdout';
      left = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  }
}

/** The bytes of a terminal's stream, which has no frames and no errors of its own. */
export async function* plain(source: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  for await (const data of source) yield { stream: 'stdout', data };
}
