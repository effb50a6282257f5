import type { Cidr } from '../../base/index.ts';
import { BlockIndex } from './block-index.ts';

type Place = { readonly base: Cidr; readonly stepBits: bigint; first: bigint };

/**
 * Finds the lowest free block beside what indexes hold, and remembers how far each range is full: the next one costs the
 * same however many there are. A block that is given free takes its ranges back to where it was.
 */
export class Gaps {
  readonly #indexes: readonly BlockIndex<unknown>[];
  readonly #places = new Map<string, Place>();

  /** The indexes are its own from now on: one that is asked from elsewhere may not have another listener. */
  constructor(indexes: readonly BlockIndex<unknown>[]) {
    this.#indexes = indexes;
    for (const index of indexes) index.onRemove((block) => this.#reopen(block));
  }

  /** The lowest block of `prefix` bits within `base` that is free, and that none of `also` touches. */
  find(base: Cidr, prefix: number, also: readonly BlockIndex<unknown>[]): Cidr | undefined {
    const place = this.#place(base, prefix);
    const found = BlockIndex.firstGap(base, prefix, this.#indexes, place.first);
    place.first = found?.first ?? base.last + 1n;
    if (found === undefined || also.every((index) => index.overlapping(found).length === 0)) return found;
    return BlockIndex.firstGap(base, prefix, [...this.#indexes, ...also], found.first);
  }

  /** What is held of `base`. */
  held(base: Cidr): readonly Cidr[] {
    return this.#indexes.flatMap((index) => index.overlapping(base)).map(([block]) => block);
  }

  #place(base: Cidr, prefix: number): Place {
    const key = `${base} ${prefix}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = { base, stepBits: BigInt((base.family === 4 ? 32 : 128) - prefix), first: base.first };
      this.#places.set(key, place);
    }
    return place;
  }

  #reopen(block: Cidr): void {
    for (const place of this.#places.values()) {
      const { base, stepBits } = place;
      if (!base.overlaps(block)) continue;
      const from = block.first > base.first ? (block.first >> stepBits) << stepBits : base.first;
      if (from < place.first) place.first = from;
    }
  }
}
