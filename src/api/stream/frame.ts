/** Docker's stream multiplexing: 1 or 2 for the stream, three zeros, the payload's length as big-endian uint32. */
const headBytes = 8;
/** Up to this size copying a payload behind its head is cheaper than writing two pieces. */
const copyUpToBytes = 4096;

export type StreamName = 'stdout' | 'stderr';

/** A payload with its head, as pieces to write one after another. */
export function frame(stream: StreamName, data: Buffer): readonly Buffer[] {
  const copied = data.length <= copyUpToBytes;
  const out = Buffer.allocUnsafe(copied ? headBytes + data.length : headBytes);
  out.writeUInt32BE(stream === 'stdout' ? 0x01000000 : 0x02000000, 0);
  out.writeUInt32BE(data.length, 4);
  if (!copied) return [out, data];
  data.copy(out, headBytes);
  return [out];
}

export const multiplexedType = 'application/vnd.docker.multiplexed-stream';
export const rawType = 'application/vnd.docker.raw-stream';
