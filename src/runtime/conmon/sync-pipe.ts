import { closeSync, readSync } from 'node:fs';
import { hasCode } from '../../base/index.ts';
import { pipe } from '../../syscall/pipe.ts';
import type { Poller, Watch } from '../../syscall/poller.ts';

/** One line that conmon sends: a pid or an exit code in `data`, negative with the reason when it failed. */
export type SyncMessage = { readonly data: number; readonly message?: string };

/** The pipe on which conmon reports. Answers messages in order; undefined once conmon has closed it. */
export class SyncPipe implements Disposable {
  /** Given to the child, and closed here with `sent`. */
  readonly write: number;
  #given = false;
  readonly #read: number;
  readonly #watch: Watch;
  readonly #buffer = Buffer.alloc(16 * 1024);
  readonly #lines: string[] = [];
  #rest = '';
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(poller: Poller) {
    const { read, write } = pipe();
    this.#read = read;
    this.write = write;
    this.#watch = poller.watch(read, { read: true }, () => this.#receive());
  }

  /** The child has its copy: from now on the end of the pipe is the end of the child. */
  sent(): void {
    if (!this.#given) closeSync(this.write);
    this.#given = true;
  }

  async next(): Promise<SyncMessage | undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return JSON.parse(line) as SyncMessage;
      if (this.#ended) return undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  #receive(): void {
    try {
      const size = readSync(this.#read, this.#buffer);
      if (size === 0) {
        this[Symbol.dispose]();
        return;
      }
      const lines = (this.#rest + this.#buffer.toString('utf8', 0, size)).split('\n');
      this.#rest = lines.pop()!;
      this.#lines.push(...lines);
      this.#wake?.();
    } catch (error) {
      if (!hasCode(error, 'EAGAIN')) this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.sent();
    this.#watch[Symbol.dispose]();
    closeSync(this.#read);
    this.#wake?.();
  }
}
