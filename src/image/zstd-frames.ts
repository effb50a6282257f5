import { Transform, type TransformCallback } from 'node:stream';
import { AppError } from '../base/index.ts';

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50; // and the 15 above it

/**
 * Cuts a zstd stream (RFC 8878) where a frame ends: node:zlib drops what follows a frame's end in the same chunk, and
 * zstd writers that work in parallel or make seekable files write many frames.
 */
export class ZstdFrames extends Transform {
  /** Reads the next field, once its bytes are all here, and says how many of the following bytes to let pass. */
  #state: State = 'magic';
  #field = Buffer.alloc(0);
  #pass = 0;
  #hasChecksum = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#cut(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  #cut(chunk: Buffer): void {
    let start = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#pass > 0) {
        const n = Math.min(this.#pass, chunk.length - at);
        this.#pass -= n;
        at += n;
      } else {
        const n = Math.min(fieldBytes[this.#state] - this.#field.length, chunk.length - at);
        this.#field = Buffer.concat([this.#field, chunk.subarray(at, at + n)]);
        at += n;
        if (this.#field.length === fieldBytes[this.#state]) this.#read(this.#take());
      }
      if (this.#atFrameEnd) {
        this.push(chunk.subarray(start, at));
        start = at;
      }
    }
    if (start < chunk.length) this.push(chunk.subarray(start));
  }

  get #atFrameEnd(): boolean {
    return this.#state === 'magic' && this.#pass === 0 && this.#field.length === 0;
  }

  #take(): Buffer {
    const field = this.#field;
    this.#field = Buffer.alloc(0);
    return field;
  }

  #read(field: Buffer): void {
    if (this.#state === 'magic') this.#magic(field.readUInt32LE());
    else if (this.#state === 'descriptor') this.#descriptor(field[0]!);
    else if (this.#state === 'block') this.#block(field.readUIntLE(0, 3));
    else this.#then('magic', field.readUInt32LE());
  }

  #then(state: State, pass: number): void {
    this.#state = state;
    this.#pass = pass;
  }

  #magic(value: number): void {
    if (value === frameMagic) this.#then('descriptor', 0);
    else if ((value & 0xfffffff0) >>> 0 === skippableMagic) this.#then('skippable', 0);
    else throw new AppError('invalid', 'invalid archive: no zstd frame where one should start');
  }

  /** Frame_Header_Descriptor, section 3.1.1.1.1. */
  #descriptor(flags: number): void {
    const isSingleSegment = (flags & 0x20) !== 0;
    const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6]!;
    const dictionary = [0, 1, 2, 4][flags & 3]!;
    this.#hasChecksum = (flags & 4) !== 0;
    this.#then('block', (isSingleSegment ? 0 : 1) + dictionary + contentSize);
  }

  /** Block_Header, section 3.1.1.2: a block of type 1 is one byte to repeat. */
  #block(header: number): void {
    const isLast = (header & 1) !== 0;
    const content = ((header >> 1) & 3) === 1 ? 1 : header >> 3;
    if (isLast) this.#then('magic', content + (this.#hasChecksum ? 4 : 0));
    else this.#then('block', content);
  }
}

/** How long each field is. */
const fieldBytes = { magic: 4, descriptor: 1, block: 3, skippable: 4 } as const;
type State = keyof typeof fieldBytes;
