import { AppError } from '../base/index.ts';

/** A small archive that unpacks to more than this, and to a thousand times its own size, is taken for a bomb. */
const generousBytes = 4 * 2 ** 30;
const generousRatio = 1000;

/** What to answer when that many bytes of an archive gave that many. */
export function bombIn(archiveBytes: number, unpackedBytes: number): AppError | undefined {
  if (unpackedBytes <= generousBytes || unpackedBytes <= archiveBytes * generousRatio) return undefined;
  return new AppError('invalid', 'invalid archive: it unpacks to more than a thousand times its size');
}
