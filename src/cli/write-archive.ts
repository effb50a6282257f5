import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Context } from './context.ts';

/** Brings an archive to a file, or to standard output when `file` is "" and that is no terminal. */
export async function writeArchive(context: Context, file: string, open: () => Promise<Readable>): Promise<void> {
  const { stdout } = context.stdio;
  if (file === '' && stdout.isTTY === true) {
    throw new Error('cowardly refusing to save to a terminal. Use the -o flag or redirect');
  }
  const archive = await open();
  if (file === '') await pipeline(archive, stdout, { end: false });
  else await writeWhole(file, (part) => pipeline(archive, createWriteStream(part)));
}

/** The file appears under its name only when all of it is there. */
async function writeWhole(path: string, body: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.part-${process.pid}`;
  try {
    await body(part);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
