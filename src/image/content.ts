import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError, newId } from '../base/index.ts';

/** Bytes that are somewhere on disk with a known digest. */
export type Spooled = { readonly path: string; readonly digest: string; readonly size: number };

/**
 * Blobs by digest, as an OCI layout has them: <root>/content/blobs/sha256/<hex>. What is visible under its digest is
 * whole and was verified: bytes are written elsewhere and renamed. No fsync: a blob can always be loaded again.
 */
export class ContentStore {
  readonly #blobs: string;
  readonly #incoming: string;

  constructor(root: string) {
    this.#blobs = join(root, 'content', 'blobs', 'sha256');
    this.#incoming = join(root, 'content', 'incoming');
  }

  /** Makes the folders and clears what a killed engine was still writing, or kept without a record. */
  async start(known: readonly string[]): Promise<void> {
    await rm(this.#incoming, { recursive: true, force: true });
    await mkdir(this.#incoming, { recursive: true, mode: 0o700 });
    await mkdir(this.#blobs, { recursive: true, mode: 0o700 });
    const names = new Set(known.map(hexOf));
    for (const name of await readdir(this.#blobs)) {
      if (!names.has(name)) await rm(join(this.#blobs, name));
    }
  }

  /** A private folder for one archive's parts; disposing deletes what was not kept. */
  async incoming(): Promise<Incoming> {
    const path = join(this.#incoming, newId().slice(0, 16));
    await mkdir(path, { recursive: true, mode: 0o700 });
    return new Incoming(path);
  }

  /** Makes spooled bytes a blob. Safe to repeat with equal bytes. */
  async keep(spooled: Spooled): Promise<void> {
    await rename(spooled.path, this.path(spooled.digest));
  }

  path(digest: string): string {
    return join(this.#blobs, hexOf(digest));
  }

  read(digest: string): Readable {
    return createReadStream(this.path(digest), { highWaterMark: 256 * 1024 });
  }
}

/** One archive on its way in. */
export class Incoming implements AsyncDisposable {
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a stream of bytes to disk, hashing on the way: some 50 µs of the main thread for each 64 KiB. */
  async spool(source: AsyncIterable<unknown>): Promise<Spooled> {
    const path = join(this.#folder, `${this.#count++}`);
    const hash = createHash('sha256');
    let size = 0;
    await using file = await open(path, 'wx', 0o600);
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      await file.writeFile(chunk);
      size += chunk.length;
    }
    return { path, digest: `sha256:${hash.digest('hex')}`, size };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The hex part of a digest. Throws `invalid`: what it returns is safe as a file name. */
export function hexOf(digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined) throw new AppError('invalid', `unsupported digest: ${digest}`);
  return hex;
}

export const digestOf = (bytes: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
