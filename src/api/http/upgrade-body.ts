import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '../../base/index.ts';
import { tooLarge } from './json-body.ts';

/** No line of a chunked body's framing is longer: a size in hex with an extension, or a trailer. */
const longestLine = 4096;

/**
 * The body of a request that also asks for an upgrade. Node stops parsing after the head of such a request, so that the
 * body is still on the socket, before what will be stdin; this takes exactly the body off (RFC 9112, 6 and 7.1).
 */
export async function takeUpgradeBody(socket: Duplex, headers: IncomingHttpHeaders, limit: number): Promise<Buffer> {
  if (/\bchunked\s*$/i.test(headers['transfer-encoding'] ?? '')) return await takeChunks(socket, limit);
  const length = Number(headers['content-length'] ?? 0);
  if (length > limit) throw tooLarge(limit);
  return await take(socket, length);
}

async function takeChunks(socket: Duplex, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const line = await takeLine(socket);
    const digits = /^([0-9a-f]{1,8})\s*(?:;.*)?$/i.exec(line)?.[1];
    if (digits === undefined) throw new AppError('invalid', 'invalid chunk size in request body');
    const size = Number.parseInt(digits, 16);
    if (size === 0) break;
    total += size;
    if (total > limit) throw tooLarge(limit);
    chunks.push(await take(socket, size));
    await takeLine(socket);
  }
  while ((await takeLine(socket)) !== ''); // trailers
  return Buffer.concat(chunks, total);
}

/** Exactly `length` bytes. Throws `invalid` when the client ends before. */
async function take(socket: Duplex, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let missing = length; missing > 0; ) {
    const part = await next(socket);
    const used = part.subarray(0, missing);
    if (used.length < part.length) socket.unshift(part.subarray(used.length));
    missing -= used.length;
    parts.push(used);
  }
  return Buffer.concat(parts, length);
}

async function takeLine(socket: Duplex): Promise<string> {
  let line = Buffer.alloc(0);
  for (;;) {
    line = Buffer.concat([line, await next(socket)]);
    const end = line.indexOf('\n');
    if (end >= 0) {
      if (end + 1 < line.length) socket.unshift(line.subarray(end + 1));
      return line.toString('latin1', 0, end).replace(/\r$/, '');
    }
    if (line.length > longestLine) throw new AppError('invalid', 'invalid chunk size in request body');
  }
}

async function next(socket: Duplex): Promise<Buffer> {
  for (;;) {
    const part: Buffer | null = socket.read();
    if (part !== null) return part;
    if (socket.readableEnded || socket.destroyed) throw new AppError('invalid', 'invalid JSON: unexpected EOF');
    const wake = new AbortController();
    const wait = { signal: wake.signal };
    try {
      await Promise.race([once(socket, 'readable', wait), once(socket, 'end', wait), once(socket, 'close', wait)]);
    } finally {
      wake.abort();
    }
  }
}
