import { Readable } from 'node:stream';

/**
 * An archive that needs something held while it is read. Lets go when it was read, failed or nobody wants it any more,
 * also before its first byte: a generator's `finally` would not run then.
 */
export function heldStream(archive: AsyncIterable<unknown> & { destroy(): unknown }, release: () => void): Readable {
  const stream = Readable.from(archive, { objectMode: false });
  stream.once('close', () => {
    archive.destroy();
    release();
  });
  return stream;
}
