import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { pipe } from '../../syscall/pipe.ts';
import { type Chunk, OutputQueue } from '../stream/output.ts';
import type { Attachment } from '../types.ts';

/** How long output may still come from what an ended process left behind, as in Docker. */
const lingerMs = 2000;

/** Standard streams of a process that has no terminal: our ends as streams, its ends as descriptors to give away. */
export class StandardPipes {
  /** 0, 1 and 2 of the child. */
  readonly childFds: readonly number[];
  readonly #stdin: Socket | undefined;
  readonly #outputs: readonly Socket[];
  readonly #queue = new OutputQueue((flowing) => this.#setFlow(flowing));
  readonly #ended: Promise<unknown>;

  constructor(openStdin: boolean, attached: boolean) {
    const input = openStdin ? pipe() : undefined;
    const outputs = attached ? [pipe(), pipe()] : [];
    this.childFds = [
      input?.read ?? openSync('/dev/null', 'r'),
      ...[0, 1].map((n) => outputs[n]?.write ?? openSync('/dev/null', 'w')),
    ];
    this.#stdin = input && new Socket({ fd: input.write, readable: false, writable: true });
    // Writing to a process that is gone is no error: the end of output tells.
    this.#stdin?.on('error', () => {});
    this.#outputs = outputs.map(({ read }, n) => this.#listen(read, n === 0 ? 'stdout' : 'stderr'));
    this.#ended = Promise.all(this.#outputs.map((output) => new Promise((resolve) => output.once('close', resolve))));
  }

  /** The child has its copies, or never will. */
  given(): void {
    for (const fd of this.childFds) closeSync(fd);
  }

  /** The process has ended: what is still in the pipes is delivered, then the output ends. */
  async finish(): Promise<void> {
    this.#stdin?.destroy();
    const timer = setTimeout(() => this.#destroyOutputs(), lingerMs);
    await this.#ended;
    clearTimeout(timer);
    this.#queue.end();
  }

  attachment(): Attachment {
    return { output: this.#queue, stdin: this.#stdin as Writable | undefined, detach: () => this.#letGo() };
  }

  destroy(): void {
    this.#stdin?.destroy();
    this.#destroyOutputs();
  }

  /** The client is gone: the process goes on, its output is thrown away, its input is at its end. */
  #letGo(): void {
    this.#queue.end();
    this.#stdin?.destroy();
    for (const output of this.#outputs) output.resume();
  }

  #destroyOutputs(): void {
    for (const output of this.#outputs) output.destroy();
  }

  #listen(fd: number, stream: Chunk['stream']): Socket {
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on('data', (data: Buffer) => this.#queue.push({ stream, data }));
    socket.on('error', () => {});
    return socket;
  }

  #setFlow(flowing: boolean): void {
    for (const output of this.#outputs) {
      if (flowing) output.resume();
      else output.pause();
    }
  }
}
