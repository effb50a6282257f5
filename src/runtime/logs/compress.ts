import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const compressedPath = (path: string): string => `${path}.gz`;

/** Puts a file that is not written any more in gzip form beside itself, and removes it. `signal` leaves it as it was. */
export async function compressFile(path: string, signal: AbortSignal): Promise<void> {
  const partial = `${compressedPath(path)}.tmp`;
  try {
    const to = createWriteStream(partial, { mode: 0o640, flush: true });
    await piped(createReadStream(path), createGzip(), to, { signal });
    await rename(partial, compressedPath(path));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await rm(path, { force: true });
}

/** The content of a file that was compressed, in one without a name that goes when it is closed. */
export async function openCompressed(path: string): Promise<FileHandle> {
  await using opened = new AsyncDisposableStack();
  const source = opened.use(await open(compressedPath(path), 'r'));
  const name = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  const file = opened.use(await open(name, 'wx+', 0o600));
  await rm(name);
  const plain = createGunzip();
  pipeline(source.createReadStream({ autoClose: false, start: 0 }), plain, () => {}); // its failure is that of `plain`
  for await (const chunk of plain) await file.writeFile(chunk as Buffer);
  opened.move();
  await source.close();
  return file;
}
