import type { Readable } from 'node:stream';
import { decompressed } from '../compression.ts';
import { looksLikeTar } from '../extract/header.ts';
import { extract } from '../extract/run.ts';
import { openIn } from './look.ts';

export type Destination = {
  /** Becomes the root directory of the process that unpacks. */
  readonly root: string;
  /** The folder that the archive's names count from; made when it is not there. */
  readonly under: string;
  /** Owner of folders that are made on the way. */
  readonly owner?: { readonly uid: number; readonly gid: number };
};

/** Unpacks an archive, plain or compressed, over what is there. Throws `invalid` when the archive is at fault. */
export async function unpack(source: Readable, to: Destination, signal: AbortSignal): Promise<void> {
  const under = Buffer.from(to.under).toString('latin1');
  const job = { blob: '', compression: 'none', target: to.root, under, parents: to.owner } as const;
  await Array.fromAsync(extract([job], signal, await decompressed(source)));
}

/** A file's content when that is an archive, compressed or not. */
export async function archiveIn(root: string, path: string): Promise<Readable | undefined> {
  const looked = openIn(root, path);
  if (looked === undefined) return undefined;
  try {
    const plain = await decompressed(looked.stream);
    const head: unknown = await firstBlock(plain);
    plain.destroy();
    if (!Buffer.isBuffer(head) || !looksLikeTar(head)) return undefined;
  } catch {
    return undefined; // compressed badly, or not at all: a file like any other
  } finally {
    looked.stream.destroy();
  }
  return openIn(root, path)?.stream;
}

async function firstBlock(source: Readable): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of source as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size >= 512) return Buffer.concat(parts).subarray(0, 512);
  }
  return undefined;
}
