import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { AppError, messageOf } from '../../base/index.ts';
import { decompressed } from '../compression.ts';
import type { Incoming, Spooled } from '../content.ts';
import { parseJson } from '../document.ts';

const maxParts = 100_000;
/** Larger than any manifest or configuration; read into memory. */
const maxText = 8 << 20;

/** The members of an image archive, each a file on disk under a name of ours: the archive's names never touch a path. */
export class Parts {
  readonly #files: ReadonlyMap<string, Spooled>;
  /** Archives of Docker before 25 link a layer that occurs twice. */
  readonly #links: ReadonlyMap<string, string>;

  constructor(files: ReadonlyMap<string, Spooled>, links: ReadonlyMap<string, string>) {
    this.#files = files;
    this.#links = links;
  }

  find(name: string): Spooled | undefined {
    let path = clean(name);
    for (let depth = 0; depth < 8; depth++) {
      const target = this.#links.get(path);
      if (target === undefined) return this.#files.get(path);
      path = target;
    }
    return undefined;
  }

  /** Throws `invalid` when it is not there. */
  get(name: string): Spooled {
    const part = this.find(name);
    if (part === undefined) throw new AppError('invalid', `invalid archive: ${name}: no such file in the archive`);
    return part;
  }

  async text(name: string): Promise<string> {
    const part = this.get(name);
    if (part.size > maxText) throw new AppError('invalid', `invalid archive: ${name} is too large`);
    return readFile(part.path, 'utf8');
  }

  async json(name: string): Promise<unknown> {
    return parseJson(await this.text(name), name);
  }
}

/** Reads a whole archive, compressed or not, to disk. Throws `invalid` for one that is cut short or no archive. */
export async function readParts(source: Readable, incoming: Incoming): Promise<Parts> {
  const files = new Map<string, Spooled>();
  const links = new Map<string, string>();
  const entries = extract();
  const plain = await decompressed(source);
  const fed = new Promise<unknown>((resolve) => pipeline(plain, entries, resolve));
  try {
    for await (const entry of entries) {
      const { name, type, linkname } = entry.header;
      if (files.size + links.size >= maxParts) throw new AppError('invalid', 'invalid archive: too many files');
      if (type === 'file' || type === 'contiguous-file') files.set(clean(name), await incoming.spool(entry));
      else if (type === 'symlink') links.set(clean(name), clean(posix.join(posix.dirname(name), linkname ?? '')));
      else if (type === 'link') links.set(clean(name), clean(linkname ?? ''));
      entry.resume();
    }
  } catch (error) {
    // A member in the middle of which the source fails says only that it was destroyed.
    throw asInvalid(messageOf(error) === 'Stream was destroyed' ? ((await fed) ?? error) : error);
  }
  return new Parts(files, links);
}

/** Names in one form: "./a", "/a" and "a" are the same member. */
const clean = (name: string): string => posix.join('/', name).slice(1).replace(/\/$/, '');

/** A system's refusal (a full disk) stays what it is; everything else is the archive's fault. */
function asInvalid(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^E[A-Z0-9]+$/.test(code) && !code.startsWith('ERR_')) return error;
  const text =
    /Unexpected end|premature/i.test(messageOf(error)) || code === 'Z_BUF_ERROR' ? 'unexpected EOF' : messageOf(error);
  return new AppError('invalid', text, { cause: error });
}
