import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** As much is put together before it goes out, and before the stream is asked whether there is room for more. */
const batchBytes = 64 * 1024;
/** Up to this size copying a piece into its batch is cheaper than writing it by itself. */
const copyUpToBytes = 4096;

/**
 * Writes many small pieces with few writes: those given before the event loop turns go out together. A write of its own
 * for every line of a log takes, for its chunk's head, end and bookkeeping, twenty times the memory of the line. The
 * promise of a full buffer is what holds the source back.
 */
export class Outlet {
  readonly #out: Writable;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #scheduled = false;

  constructor(out: Writable) {
    this.#out = out;
  }

  /** True once nothing can be written any more. */
  get closed(): boolean {
    return this.#out.destroyed || this.#out.writableEnded;
  }

  /** Undefined when there is room for more, else the promise that there will be (or that the client is gone). */
  write(...pieces: readonly (Buffer | string)[]): Promise<void> | undefined {
    if (this.closed) return undefined;
    for (const piece of pieces) this.#add(typeof piece === 'string' ? Buffer.from(piece) : piece);
    if (this.#bytes >= batchBytes) this.#flush();
    else this.#schedule();
    return this.#out.writableLength < this.#out.writableHighWaterMark ? undefined : this.#drained();
  }

  /** What was written goes out, then the end. */
  end(): void {
    this.#flush();
    this.#out.end();
  }

  #add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#bytes = 0;
    if (pieces.length === 0 || this.closed) return;
    // A corked response calls itself full although the kernel then takes it all: it is asked after this.
    this.#out.cork();
    for (const batch of batches(pieces)) this.#out.write(batch);
    this.#out.uncork();
  }

  async #drained(): Promise<void> {
    const settled = new AbortController();
    const wait = { signal: settled.signal };
    try {
      await Promise.race([once(this.#out, 'drain', wait), once(this.#out, 'close', wait)]);
    } catch {
      // A broken connection: `closed` says so.
    } finally {
      settled.abort();
    }
  }
}

/** Neighbours that are small become one; large ones stay as they are. */
function* batches(pieces: readonly Buffer[]): Generator<Buffer> {
  let small: Buffer[] = [];
  for (const piece of pieces) {
    if (piece.length <= copyUpToBytes) {
      small.push(piece);
      continue;
    }
    if (small.length > 0) yield small.length === 1 ? small[0]! : Buffer.concat(small);
    small = [];
    yield piece;
  }
  if (small.length > 0) yield small.length === 1 ? small[0]! : Buffer.concat(small);
}
