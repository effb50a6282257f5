import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hasCode } from '../../base/index.ts';
import type { Reply } from './client.ts';

/** A JSON document, with a newline at its end as Docker writes it. */
export function json(status: number, value: unknown, headers: OutgoingHttpHeaders = {}): Reply {
  return ({ response }) => {
    const body = Buffer.from(`${JSON.stringify(value)}\n`);
    response.writeHead(status, { ...headers, 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
  };
}

/** No body: 204 and 304 never have one; other statuses say that its length is 0. */
export function empty(status: number, headers: OutgoingHttpHeaders = {}): Reply {
  return ({ response }) => {
    response.writeHead(status, { ...headers, ...(status === 204 || status === 304 ? {} : { 'Content-Length': 0 }) });
    response.end();
  };
}

export function plain(status: number, text: string, headers: OutgoingHttpHeaders): Reply {
  return ({ response, request }) => {
    const length = request.method === 'HEAD' ? 0 : Buffer.byteLength(text);
    response.writeHead(status, {
      ...headers,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': length,
    });
    response.end(text);
  };
}

/** An archive, chunked. What fails before its first byte is answered with a status. */
export function archive(source: Readable, headers: OutgoingHttpHeaders = {}): Reply {
  return async ({ response }) => {
    await begun(source);
    response.writeHead(200, { ...headers, 'Content-Type': 'application/x-tar' });
    try {
      await pipeline(source, response);
    } catch (error) {
      // Some clients hang up at the archive's last file.
      if (!(response.destroyed && hasCode(error, 'ERR_STREAM_PREMATURE_CLOSE'))) throw error;
    }
  };
}

/** Resolves when there is something to read, or never will be. */
function begun(source: Readable): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  source.once('readable', resolve);
  source.once('close', resolve);
  source.once('error', reject);
  return promise.finally(() => {
    source.off('readable', resolve);
    source.off('close', resolve);
    source.off('error', reject);
  });
}

/** The head at once, the document when it is known: what `docker run` waits for before it starts its container. */
export function later(done: Promise<object>, cancel: () => void): Reply {
  return async ({ response }) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    const gone = new Promise<undefined>((resolve) => response.once('close', () => resolve(undefined)));
    const value = await Promise.race([done, gone]);
    if (value === undefined) cancel();
    else response.end(`${JSON.stringify(value)}\n`);
  };
}
