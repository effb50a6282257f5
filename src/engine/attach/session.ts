import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Attachment } from '../../runtime/index.ts';

/** One client's view of a process: satisfies the API's StreamSession. */
export type Session = {
  readonly tty: boolean;
  readonly output: AsyncIterable<{ readonly stream: 'stdout' | 'stderr'; readonly data: Buffer }>;
  readonly stdin: PassThrough | undefined;
  detach(): void;
};

type Chunk = { readonly stream: 'stdout' | 'stderr'; readonly data: Buffer };
export type SessionOptions = {
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly wants: (stream: 'stdout' | 'stderr') => boolean;
  /** Sent first: what was logged so far. */
  readonly before?: AsyncIterable<Chunk>;
};

/**
 * A session on an attachment that may come later: clients attach before they start a container. What the client types
 * meanwhile waits; when the attachment never comes (the start failed) the session just ends.
 */
export function session(coming: Promise<Attachment | undefined>, options: SessionOptions): Session {
  const stdin = options.stdin ? new PassThrough() : undefined;
  let detached = false;
  const attachment = coming
    .catch(() => undefined)
    .then((found) => {
      if (detached && stdin?.writableEnded !== true) found?.detach();
      else if (stdin !== undefined) feed(stdin, found);
      return found;
    });
  return {
    tty: options.tty,
    output: outputOf(attachment, options),
    stdin,
    detach() {
      detached = true;
      // What a client sent before it left in good order is the process's.
      const isWhole = stdin?.writableEnded === true;
      if (!isWhole) stdin?.unpipe();
      void attachment.then(async (found) => {
        if (isWhole && found?.stdin !== undefined) await finished(found.stdin).catch(() => {});
        found?.detach();
      });
    },
  };
}

/** A process that no longer reads must not stop the client's output: what cannot be written is dropped. */
function feed(stdin: PassThrough, attachment: Attachment | undefined): void {
  const target = attachment?.stdin;
  if (target === undefined) {
    stdin.resume();
    return;
  }
  target.on('error', () => {
    stdin.unpipe();
    stdin.resume();
  });
  stdin.pipe(target);
}

async function* outputOf(attachment: Promise<Attachment | undefined>, options: SessionOptions): AsyncGenerator<Chunk> {
  if (options.before !== undefined) yield* options.before;
  const found = await attachment;
  if (found === undefined) return;
  for await (const chunk of found.output) {
    if (options.tty || options.wants(chunk.stream)) yield chunk;
  }
}
