import { watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { hasCode } from '../../base/index.ts';
import type { LogEntry, LogQuery } from '../types.ts';
import type { LogLine } from './line.ts';
import { RecordReader } from './reader.ts';
import { tailStart } from './tail.ts';

/**
 * A container's log: the asked part of what is there and, with `follow`, what comes until the container has ended and
 * all is read. A log that is not there (yet) is empty. A new file in its place (rotation) is read from its start.
 */
export async function* readLogs(
  path: string,
  query: LogQuery,
  ended: Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<LogEntry> {
  const following = query.follow && !signal.aborted ? new LogFollower(path, ended, signal) : undefined;
  using _ = following;
  let file = await openLog(path);
  try {
    let reader = file && new RecordReader(file, await firstPosition(file, query));
    for (;;) {
      // Asked before reading: what was written before the end is read after it.
      const last = following?.isOver ?? true;
      if (reader !== undefined) {
        for await (const line of reader.read()) {
          if (isAfter(line, query)) return;
          if (isWanted(line, query)) yield line;
        }
      }
      if (last || following === undefined || signal.aborted) return;
      await following.change();
      if (file === undefined || (await isReplaced(path, file, reader!.position))) {
        await file?.close();
        file = await openLog(path);
        reader = file && new RecordReader(file, 0);
      }
    }
  } finally {
    await file?.close();
  }
}

async function openLog(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

async function firstPosition(file: FileHandle, { tail, stdout, stderr }: LogQuery): Promise<number> {
  return tail === undefined ? 0 : tailStart(file, (await file.stat()).size, tail, { stdout, stderr });
}

/** Another file has taken the name, or this one was cut. */
async function isReplaced(path: string, file: FileHandle, position: number): Promise<boolean> {
  const [now, ours] = await Promise.all([stat(path).catch(() => undefined), file.stat()]);
  return now !== undefined && (now.ino !== ours.ino || ours.size < position);
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
