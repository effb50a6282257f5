import { AppError } from '../../base/index.ts';
import { applyPax, decodeHeader, type Entry, parsePax } from './header.ts';

/** Receives an archive's entries one by one. Everything synchronous. */
export interface TarSink {
  /** The chunks that follow, `entry.size` bytes in all, are this entry's. */
  begin(entry: Entry): void;
  /** Valid during the call only. */
  data(chunk: Buffer): void;
  end(): void;
}

const blockSize = 512;
const maxMetadata = 1 << 20; // Go's archive/tar has the same limit

/**
 * A tar reader that is pushed: ustar, GNU and PAX (POSIX.1-2008 pax interchange format). Unlike tar-stream it keeps
 * names and PAX values as bytes (security.capability is binary) and costs microseconds an entry.
 */
export class TarReader {
  readonly #sink: TarSink;
  readonly #block = Buffer.alloc(blockSize);
  #filled = 0;
  /** Bytes of the current entry still to come. */
  #body = 0;
  #padding = 0;
  #zeroBlocks = 0;
  #metadata: { readonly type: string; readonly bytes: Buffer; filled: number } | undefined;
  #pending = new Map<string, string>();
  #inEntry = false;

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#ended) {
      if (this.#body > 0) at += this.#takeBody(chunk, at);
      else if (this.#padding > 0) at += this.#skip(chunk.length - at);
      else at += this.#takeHeader(chunk, at);
    }
  }

  /**
   * Throws when the archive stops in the middle of something. What fills up the last file's block may be missing, and
   * the end mark: docker build does not write them when it adds a Dockerfile from elsewhere.
   */
  finish(): void {
    if (!this.#ended && (this.#body > 0 || this.#filled > 0 || this.#pending.size > 0)) {
      throw new AppError('invalid', 'unexpected EOF');
    }
  }

  get #ended(): boolean {
    return this.#zeroBlocks >= 2;
  }

  #takeBody(chunk: Buffer, at: number): number {
    const n = Math.min(this.#body, chunk.length - at);
    const part = chunk.subarray(at, at + n);
    this.#body -= n;
    if (this.#metadata !== undefined) {
      this.#metadata.bytes.set(part, this.#metadata.filled);
      this.#metadata.filled += n;
    } else {
      this.#sink.data(part);
    }
    if (this.#body === 0) this.#endBody();
    return n;
  }

  #skip(available: number): number {
    const n = Math.min(this.#padding, available);
    this.#padding -= n;
    return n;
  }

  #takeHeader(chunk: Buffer, at: number): number {
    if (this.#filled === 0 && chunk.length - at >= blockSize) {
      this.#header(chunk.subarray(at, at + blockSize));
      return blockSize;
    }
    const n = Math.min(blockSize - this.#filled, chunk.length - at);
    chunk.copy(this.#block, this.#filled, at, at + n);
    this.#filled += n;
    if (this.#filled === blockSize) {
      this.#filled = 0;
      this.#header(this.#block);
    }
    return n;
  }

  #header(block: Buffer): void {
    const header = decodeHeader(block);
    if (header === undefined) {
      this.#zeroBlocks++;
      return;
    }
    this.#zeroBlocks = 0;
    if ('xgLK'.includes(header.type)) {
      this.#beginMetadata(header);
      return;
    }
    const entry = this.#pending.size === 0 ? header : applyPax(header, this.#pending);
    this.#pending = new Map();
    this.#sink.begin(entry);
    this.#inEntry = true;
    this.#begin(entry.size);
  }

  #beginMetadata(header: Entry): void {
    if (header.size > maxMetadata) throw new AppError('invalid', 'archive/tar: header field too long');
    this.#metadata = { type: header.type, bytes: Buffer.alloc(header.size), filled: 0 };
    this.#begin(header.size);
  }

  #begin(size: number): void {
    this.#body = size;
    this.#padding = (blockSize - (size % blockSize)) % blockSize;
    if (size === 0) this.#endBody();
  }

  #endBody(): void {
    const meta = this.#metadata;
    this.#metadata = undefined;
    if (meta !== undefined) this.#remember(meta.type, meta.bytes);
    else if (this.#inEntry) this.#sink.end();
    if (meta === undefined) this.#inEntry = false;
  }

  /** What applies to the next entry only. Global PAX headers (git's commit id, …) say nothing that we use. */
  #remember(type: string, bytes: Buffer): void {
    if (type === 'x') for (const [key, value] of parsePax(bytes)) this.#pending.set(key, value);
    if (type === 'L') this.#pending.set('path', untilNul(bytes));
    if (type === 'K') this.#pending.set('linkpath', untilNul(bytes));
  }
}

const untilNul = (bytes: Buffer): string => bytes.toString('latin1').split('\0', 1)[0]!;
