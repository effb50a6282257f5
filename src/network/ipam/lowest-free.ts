/**
 * Hands out the lowest number of a span that is not in use. Numbers never handed out are one frontier; numbers given
 * back wait in a binary heap: O(log n) each, and memory only for what came back.
 */
export class LowestFree {
  readonly #last: bigint;
  readonly #first: bigint;
  #frontier: bigint;
  readonly #heap: bigint[] = [];

  constructor(first: bigint, last: bigint) {
    this.#first = first;
    this.#last = last;
    this.#frontier = first;
  }

  /** The lowest free number, or undefined when all are used. `used` tells of those taken behind this object's back. */
  take(used: (value: bigint) => boolean): bigint | undefined {
    while (this.#heap.length > 0) {
      const value = this.#pop();
      if (!used(value)) return value;
    }
    while (this.#frontier <= this.#last) {
      const value = this.#frontier++;
      if (!used(value)) return value;
    }
    return undefined;
  }

  give(value: bigint): void {
    if (value >= this.#first && value < this.#frontier) this.#push(value);
  }

  #push(value: bigint): void {
    const heap = this.#heap;
    let at = heap.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! <= value) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = value;
  }

  #pop(): bigint {
    const heap = this.#heap;
    const top = heap[0]!;
    const moved = heap.pop()!;
    if (heap.length > 0) this.#sink(moved);
    return top;
  }

  /** Puts `value` at the root and lets it sink to its place. */
  #sink(value: bigint): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= value) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = value;
  }
}
