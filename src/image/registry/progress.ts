import type { Progress } from '../types.ts';

const widthChars = 50;

/** A line with a bar, as Docker's clients show it. Bytes. */
export function barLine(status: string, id: string, current: number, total: number): Progress {
  const done = total > 0 ? Math.min(widthChars, Math.floor(((current / total) * 100) / 2)) : 0;
  const bar = `[${'='.repeat(done)}>${' '.repeat(widthChars - done)}] `;
  const progress = `${bar}${humanSize(current).padStart(8)}/${humanSize(total)}`;
  return { status, progressDetail: { current, total }, progress, id };
}

export const plainLine = (status: string, id: string): Progress => ({ status, progressDetail: {}, id });

/** Four significant digits, powers of a thousand: "1.235kB". */
function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(4))}${units[unit]}`;
}

/** What several workers tell, in the order of telling; a slow reader only misses steps of bars. */
export class ProgressChannel implements AsyncIterable<Progress> {
  #lines: Progress[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  push(line: Progress): void {
    // Only the newest step of a bar is worth showing.
    const last = this.#lines.at(-1);
    const replaces = last !== undefined && last.id === line.id && last.status === line.status && 'progress' in line;
    if (replaces) this.#lines.pop();
    this.#lines.push(line);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Progress> {
    for (;;) {
      const lines = this.#lines;
      this.#lines = [];
      yield* lines;
      if (lines.length > 0) continue;
      if (this.#ended) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = undefined;
    }
  }
}

/** Aborts with the first of both. */
export const whenever = (gone: AbortSignal | undefined, own: AbortSignal): AbortSignal =>
  gone === undefined ? own : AbortSignal.any([gone, own]);

/**
 * Yields what `work` tells while it is at work; throws what it throws. Who stops reading stops the work at its next line,
 * `gone` stops it at once.
 */
export async function* telling<T>(
  work: (tell: (line: Progress) => void, signal: AbortSignal) => Promise<T>,
  gone?: AbortSignal,
): AsyncGenerator<Progress, T> {
  const channel = new ProgressChannel();
  const stop = new AbortController();
  const done = work((line) => channel.push(line), whenever(gone, stop.signal)).finally(() => channel.end());
  done.catch(() => {});
  try {
    yield* channel;
    return await done;
  } finally {
    stop.abort();
    await done.catch(() => {});
  }
}
