import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Progress } from '../../contract/index.ts';

const linesAhead = 64;

/** Writes a line to the client; resolves when it may have the next one. */
export type Write = (line: Progress) => Promise<void>;

/**
 * Runs `work` and yields what it writes. Who stops reading aborts the work, and waits until it has cleaned up; a
 * failure of the work comes after its last line.
 */
export async function* written(
  work: (write: Write, signal: AbortSignal) => Promise<void>,
  gone: AbortSignal,
): AsyncGenerator<Progress> {
  const stop = new AbortController();
  const lines = new PassThrough({ objectMode: true, highWaterMark: linesAhead });
  const abort = (): void => stop.abort(gone.reason);
  gone.addEventListener('abort', abort, { once: true });
  if (gone.aborted) abort();
  const write: Write = async (line) => {
    stop.signal.throwIfAborted();
    if (!lines.write(line)) await once(lines, 'drain', { signal: stop.signal });
  };
  const done = work(write, stop.signal).then(
    () => void lines.end(),
    (error: Error) => void lines.destroy(error),
  );
  try {
    for await (const line of lines) yield line as Progress;
  } finally {
    stop.abort();
    gone.removeEventListener('abort', abort);
    await done;
  }
}
