/** Docker's stream multiplexing: 1 or 2 for the stream, three zeros, the payload's length as big-endian uint32. */
export const frameHeadBytes = 8;

export type Chunk = { readonly stream: 'stdout' | 'stderr'; readonly data: Buffer };

export function frameHead(stream: Chunk['stream'], length: number): Buffer {
  const head = Buffer.allocUnsafe(frameHeadBytes);
  head.writeUInt32BE(stream === 'stdout' ? 0x01000000 : 0x02000000, 0);
  head.writeUInt32BE(length, 4);
  return head;
}

export const multiplexedType = 'application/vnd.docker.multiplexed-stream';
export const rawType = 'application/vnd.docker.raw-stream';
