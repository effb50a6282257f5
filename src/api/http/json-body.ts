import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError } from '../../base/index.ts';
import { jsonFault } from './json-syntax.ts';

/** The largest JSON body that is read, in bytes. */
export const jsonLimit = 4 << 20;

export function tooLarge(limit: number): AppError {
  return new AppError('invalid', `request body too large: want at most ${limit} bytes`);
}

/** Whether the head of a request announces a body. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Throws `invalid` with Docker's text unless a body, if there is one, calls itself JSON. */
export function checkJsonType(headers: IncomingHttpHeaders): void {
  if (!hasBody(headers)) return;
  const type = headers['content-type'] ?? '';
  if (type.split(';', 1)[0]!.trim().toLowerCase() === 'application/json') return;
  throw new AppError('invalid', `unsupported Content-Type header (${type}): must be 'application/json'`);
}

/** Everything that a stream gives, up to the limit. What comes after a refusal is drained. */
export async function collect(source: Readable, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of source.iterator({ destroyOnReturn: false })) {
      size += part.length;
      if (size > limit) throw tooLarge(limit);
      parts.push(part);
    }
  } catch (error) {
    source.resume();
    throw error instanceof AppError ? error : new AppError('invalid', 'request body cut short', { cause: error });
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, size);
}

/** One JSON document. Throws `invalid` with Docker's texts. */
export function decodeJson(bytes: Buffer): unknown {
  const text = bytes.toString();
  if (text.trim() === '') throw new AppError('invalid', 'invalid JSON: got EOF while reading request body');
  try {
    return JSON.parse(text);
  } catch (error) {
    const fault = jsonFault(text);
    throw new AppError('invalid', fault === undefined ? 'unexpected content after JSON' : `invalid JSON: ${fault}`, {
      cause: error,
    });
  }
}
