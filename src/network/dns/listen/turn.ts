/** Of one turn of the event loop, for queries: what waits besides them should not wait longer. */
const budgetMs = 4;

/**
 * How long the current turn of the event loop has gone to queries, of all sandboxes together. Sockets that are left
 * ready are told again in the next turn, the longest waiting first.
 */
export class Turn {
  #began: number | undefined;

  over(): boolean {
    const now = performance.now();
    if (this.#began === undefined) {
      this.#began = now;
      setImmediate(this.#end);
    }
    return now - this.#began > budgetMs;
  }

  /** Immediates of one turn run together; one that they ask for runs in the next. */
  readonly #end = (): void => {
    this.#began = undefined;
  };
}
