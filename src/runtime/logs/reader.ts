import type { FileHandle } from 'node:fs/promises';
import { type LogLine, parseLine } from './line.ts';

const blockBytes = 64 * 1024;
const lineFeed = 0x0a;

/** Reads records forward from a position, keeping a last one that is not complete yet for the next call. */
export class RecordReader {
  readonly #file: FileHandle;
  #position: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: FileHandle, position: number) {
    this.#file = file;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  /** All complete records up to the end of the file as it is now, in blocks. */
  async *read(): AsyncGenerator<LogLine> {
    for (;;) {
      const block = Buffer.alloc(blockBytes);
      const { bytesRead } = await this.#file.read(block, 0, blockBytes, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      yield* this.#split(block.subarray(0, bytesRead));
    }
  }

  *#split(block: Buffer): Generator<LogLine> {
    const bytes = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block]);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      const line = parseLine(bytes.subarray(start, end));
      start = end + 1;
      if (line !== undefined) yield line;
    }
    this.#rest = bytes.subarray(start);
  }
}
