/** One way to get an answer. Answers undefined when it has failed; ends early when aborted. */
export type Attempt<T> = (signal: AbortSignal) => Promise<T | undefined>;

export type HedgeOptions<T> = {
  /** How long one has the field to itself before the next is tried beside it. */
  readonly gapMs: number;
  readonly deadlineMs: number;
  /**
   * Whether an answer ends the matter, which any does by default. One that does not waits `patienceMs` for those that
   * were tried before: they were asked first because they are to know better.
   */
  readonly settles?: (answer: T) => boolean;
  readonly patienceMs?: number;
};

/**
 * Tries one after another: the next when one failed, or has not answered within `gapMs` and goes on beside it. The
 * first answer wins and the rest is aborted. Undefined when all failed or `deadlineMs` is over.
 */
export function hedge<T>(attempts: readonly Attempt<T>[], options: HedgeOptions<T>): Promise<T | undefined> {
  return new Hedge(attempts, options).answer;
}

class Hedge<T> {
  readonly answer: Promise<T | undefined>;
  readonly #resolve: (answer: T | undefined) => void;
  readonly #options: HedgeOptions<T>;
  readonly #waiting: ArrayIterator<[number, Attempt<T>]>;
  readonly #controller = new AbortController();
  readonly #running = new Set<number>();
  readonly #deadline: NodeJS.Timeout;
  #gap: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #held: { readonly index: number; readonly answer: T } | undefined;

  constructor(attempts: readonly Attempt<T>[], options: HedgeOptions<T>) {
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#options = options;
    this.#waiting = attempts.entries();
    this.#deadline = setTimeout(() => this.#finish(this.#held?.answer), options.deadlineMs);
    this.#startNext();
  }

  #startNext(): void {
    clearTimeout(this.#gap);
    const next = this.#waiting.next().value;
    if (next === undefined) {
      if (this.#running.size === 0) this.#finish(this.#held?.answer);
      return;
    }
    const [index, attempt] = next;
    this.#running.add(index);
    this.#gap = setTimeout(() => this.#startNext(), this.#options.gapMs);
    void this.#run(index, attempt);
  }

  async #run(index: number, attempt: Attempt<T>): Promise<void> {
    const answer = await attempt(this.#controller.signal).catch(() => undefined);
    this.#running.delete(index);
    if (this.#controller.signal.aborted) return;
    if (answer !== undefined) this.#take(index, answer);
    else if (this.#held === undefined) this.#startNext();
    else if (!this.#isBehindOthers(this.#held.index)) this.#finish(this.#held.answer);
  }

  #take(index: number, answer: T): void {
    const { settles = () => true, patienceMs = 0 } = this.#options;
    if (settles(answer) || !this.#isBehindOthers(index)) {
      this.#finish(answer);
      return;
    }
    if (this.#held === undefined || index < this.#held.index) this.#held = { index, answer };
    clearTimeout(this.#gap);
    this.#patience ??= setTimeout(() => this.#finish(this.#held?.answer), patienceMs);
  }

  #isBehindOthers(index: number): boolean {
    return [...this.#running].some((other) => other < index);
  }

  #finish(answer: T | undefined): void {
    clearTimeout(this.#gap);
    clearTimeout(this.#patience);
    clearTimeout(this.#deadline);
    this.#controller.abort();
    this.#resolve(answer);
  }
}
