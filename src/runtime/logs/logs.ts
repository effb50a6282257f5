import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { LogEntry, LogQuery } from '../types.ts';
import type { LogLine } from './line.ts';
import { type OpenPart, partAfter, partsBackwards } from './parts.ts';
import { RecordReader } from './reader.ts';
import { tailStart } from './tail.ts';

/**
 * A container's log: the asked part of what is there and, with `follow`, what comes until the container has ended and
 * all is read. A log that is not there (yet) is empty. Files that were put aside (rotation) are read in their order.
 */
export async function* readLogs(
  path: string,
  query: LogQuery,
  ended: Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<LogEntry> {
  const following = query.follow && !signal.aborted ? new LogFollower(path, ended, signal) : undefined;
  using _ = following;
  await using open = new OpenLog(path);
  await open.begin(query);
  for (;;) {
    // Asked before reading: what was written before the end is read after it.
    const last = following?.isOver ?? true;
    for await (const line of open.read()) {
      if (isAfter(line, query)) return;
      if (isWanted(line, query)) yield line;
    }
    if (await open.turn()) continue;
    if (last || following === undefined || signal.aborted) return;
    await following.change();
  }
}

/** Where a reader is in a log: one file of it is open at a time. */
class OpenLog implements AsyncDisposable {
  readonly #path: string;
  #part: OpenPart | undefined;
  #next: OpenPart | undefined;
  #reader: RecordReader | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** At the first line of the asked tail, or of the oldest file. */
  async begin({ tail, stdout, stderr }: LogQuery): Promise<void> {
    if (tail === undefined) return this.#open(await partAfter(this.#path, undefined), 0);
    let missing = tail;
    for await (const part of partsBackwards(this.#path)) {
      const { size } = await part.file.stat();
      const { begin, lines } = await tailStart(part.file, size, missing, { stdout, stderr }, missing < tail);
      await this.#open(part, begin);
      missing -= lines;
      // At the very start of a file the line may have begun in the one before.
      if (missing <= 0 && begin > 0) return;
    }
  }

  /** What is there beyond what was read. */
  async *read(): AsyncGenerator<LogLine> {
    if (this.#reader !== undefined) yield* this.#reader.read();
  }

  /**
   * Whether there is more to read: a file that follows is seen before its turn comes, since from then on, and only from
   * then on, nothing is written to the one before it.
   */
  async turn(): Promise<boolean> {
    if (this.#next !== undefined) {
      await this.#open(this.#next, 0);
      this.#next = undefined;
      return true;
    }
    this.#next = await partAfter(this.#path, this.#part);
    return this.#next !== undefined;
  }

  async #open(part: OpenPart | undefined, position: number): Promise<void> {
    await this.#part?.file.close();
    this.#part = part;
    this.#reader = part && new RecordReader(part.file, position);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#part?.file.close(), this.#next?.file.close()]);
  }
}

const isWanted = (line: LogLine, { stdout, stderr, since }: LogQuery): boolean =>
  (line.stream === 'stdout' ? stdout : stderr) && (since === undefined || line.ns >= since);

const isAfter = (line: LogLine, { until }: LogQuery): boolean => until !== undefined && line.ns > until;

/** Tells when a log may have grown, and when it will grow no more. */
class LogFollower implements Disposable {
  readonly #watcher;
  #changed = false;
  #over = false;
  #wake: (() => void) | undefined;

  constructor(path: string, ended: Promise<unknown>, signal: AbortSignal) {
    // The folder, not the file: it is told of files that come, and of new ones under the same name.
    this.#watcher = watch(dirname(path), (_event, name) => {
      if (name === null || name === basename(path)) this.#notify();
    });
    const over = (): void => {
      this.#over = true;
      this.#notify();
    };
    ended.then(over, over);
    signal.addEventListener('abort', over, { once: true });
  }

  get isOver(): boolean {
    return this.#over;
  }

  async change(): Promise<void> {
    if (!this.#changed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    this.#changed = false;
  }

  #notify(): void {
    this.#changed = true;
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
  }
}
