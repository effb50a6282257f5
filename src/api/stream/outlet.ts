import { once } from 'node:events';
import type { Writable } from 'node:stream';

/**
 * Writes many small pieces with few system calls. Pieces given before the event loop turns go out as one `writev`; the
 * promise of a full buffer is what holds the source back.
 */
export class Outlet {
  readonly #out: Writable;
  #corked = false;

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
    this.#cork();
    let room = true;
    for (const piece of pieces) room = this.#out.write(piece);
    if (room) return undefined;
    this.#uncork();
    // A corked response calls itself full although the kernel then takes it all; it would never say that it drained.
    return this.#out.writableLength < this.#out.writableHighWaterMark ? undefined : this.#drained();
  }

  /** What was written goes out, then the end. */
  end(): void {
    this.#uncork();
    this.#out.end();
  }

  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#out.cork();
    process.nextTick(() => this.#uncork());
  }

  #uncork(): void {
    if (!this.#corked) return;
    this.#corked = false;
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
