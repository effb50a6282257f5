/** A piece of a process's output. */
export type Chunk = { readonly stream: 'stdout' | 'stderr'; readonly data: Buffer };

/** As much as is held for a reader that is slower than the process, before the source is told to wait. */
const highWaterBytes = 1024 * 1024;

/**
 * Hands chunks from a source that pushes to a reader that pulls. The source is told to pause when the reader is more
 * than 1 MiB behind, and to go on when it has caught up. One reader.
 */
export class OutputQueue implements AsyncIterable<Chunk> {
  readonly #setFlow: (flowing: boolean) => void;
  #chunks: Chunk[] = [];
  #bytes = 0;
  #ended = false;
  #paused = false;
  #wake: (() => void) | undefined;

  constructor(setFlow: (flowing: boolean) => void) {
    this.#setFlow = setFlow;
  }

  push(chunk: Chunk): void {
    if (this.#ended) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.data.length;
    if (this.#bytes >= highWaterBytes && !this.#paused) {
      this.#paused = true;
      this.#setFlow(false);
    }
    this.#wake?.();
  }

  /** No more comes; what is held is still delivered. Safe to repeat. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk> {
    for (;;) {
      const chunks = this.#take();
      yield* chunks;
      if (chunks.length > 0) continue;
      if (this.#ended) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = undefined;
    }
  }

  #take(): Chunk[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    if (this.#paused) {
      this.#paused = false;
      if (!this.#ended) this.#setFlow(true);
    }
    return chunks;
  }
}
