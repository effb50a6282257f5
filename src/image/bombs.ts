import { pipeline, type Readable, Transform } from 'node:stream';
import { AppError } from '../base/index.ts';
import { decompressed } from './compression.ts';

/** A small archive that unpacks to more than this, and to a thousand times its own size, is taken for a bomb. */
const generousBytes = 4 * 2 ** 30;
const generousRatio = 1000;

/** What to answer when that many bytes of an archive gave that many. */
export function bombIn(archiveBytes: number, unpackedBytes: number): AppError | undefined {
  if (unpackedBytes <= generousBytes || unpackedBytes <= archiveBytes * generousRatio) return undefined;
  return new AppError('invalid', 'invalid archive: it unpacks to more than a thousand times its size');
}

/** decompressed(), which fails when the source turns out to be a bomb. */
export async function unpacked(source: Readable): Promise<Readable> {
  let taken = 0;
  let given = 0;
  const before = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      taken += chunk.length;
      done(null, chunk);
    },
  });
  const after = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      given += chunk.length;
      done(bombIn(taken, given), chunk);
    },
  });
  // What comes later in a pipeline carries every failure of what comes before it.
  pipeline(source, before, () => {});
  pipeline(await decompressed(before), after, () => {});
  return after;
}
