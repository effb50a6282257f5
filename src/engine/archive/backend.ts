import type { Readable } from 'node:stream';
import type { PathStat } from '../../image/index.ts';
import type { Parts } from '../parts.ts';
import { type CopyInOptions, type Place, readFrom, statIn, writeTo } from './copy.ts';

/** Containers' files as the API asks for them. */
export class ArchivesBackend {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  stat(place: Place): Promise<PathStat> {
    return statIn(this.#parts, place);
  }

  read(place: Place): Promise<{ readonly stat: PathStat; readonly archive: Readable }> {
    return readFrom(this.#parts, place);
  }

  write(place: Place, body: Readable, options: CopyInOptions): Promise<void> {
    return writeTo(this.#parts, place, body, options);
  }
}
