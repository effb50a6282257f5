import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type Input = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/** The three streams of a command. */
export type Stdio = { readonly stdin: Input; readonly stdout: Output; readonly stderr: Output };

/** Writes and waits while the reader is slower than we are. Throws what the stream has failed with, EPIPE among others. */
export async function write(output: Output, data: string | Uint8Array): Promise<void> {
  if (output.errored) throw output.errored;
  if (!output.write(data)) await once(output, 'drain');
}
