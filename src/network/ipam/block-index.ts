import { Cidr } from '../../base/index.ts';

type Entry<T> = { readonly block: Cidr; readonly first: bigint; readonly last: bigint; readonly value: T };

/**
 * Address blocks and what they stand for, in order. CIDR blocks are disjoint or nested, so what overlaps one is either
 * inside it, side by side in the order, or one of the few that contain it.
 */
export class BlockIndex<T> {
  readonly #families = { 4: new Sorted<T>(), 6: new Sorted<T>() };
  #onRemove: (block: Cidr) => void = () => {};

  static of<T>(entries: Iterable<readonly [block: Cidr, value: T]>): BlockIndex<T> {
    const index = new BlockIndex<T>();
    for (const [block, value] of entries) index.add(block, value);
    return index;
  }

  add(block: Cidr, value: T): void {
    this.#families[block.family].add(block, value);
  }

  /** Removes the first entry of this block whose value `is` it. Safe to repeat. */
  remove(block: Cidr, is: (value: T) => boolean): void {
    this.#families[block.family].remove(block, is);
    this.#onRemove(block);
  }

  /** Told of every block that may be free again. One listener. */
  onRemove(listener: (block: Cidr) => void): void {
    this.#onRemove = listener;
  }

  /** Everything that has an address in common with `block`: those that contain it first. */
  overlapping(block: Cidr): readonly (readonly [block: Cidr, value: T])[] {
    return this.#families[block.family].overlapping(block).map((entry) => [entry.block, entry.value]);
  }

  /** The lowest block of `prefix` bits within `base`, from the address `from` on, that nothing of these indexes touches. */
  static firstGap(
    base: Cidr,
    prefix: number,
    indexes: readonly BlockIndex<unknown>[],
    from = base.first,
  ): Cidr | undefined {
    const lists = indexes.map((index) => index.#families[base.family]);
    const step = new Cidr(base.ip, prefix).size;
    const end = base.last;
    for (let first = from; first <= end; ) {
      const candidate = new Cidr({ family: base.family, value: first }, prefix);
      const ends = lists.flatMap((list) => list.endOfOverlap(candidate) ?? []);
      if (ends.length === 0) return candidate;
      for (const last of ends) if (last >= first) first += ((last - first) / step + 1n) * step;
    }
    return undefined;
  }
}

/** The blocks of one family, by first address, the larger ones first. */
class Sorted<T> {
  readonly #entries: Entry<T>[] = [];
  /** How many blocks of each prefix there are: which sizes a containing block can have. */
  readonly #prefixes = new Map<number, number>();

  add(block: Cidr, value: T): void {
    const { first, last, prefix } = block;
    this.#entries.splice(this.#find(first, prefix), 0, { block: block.network, first, last, value });
    this.#prefixes.set(prefix, (this.#prefixes.get(prefix) ?? 0) + 1);
  }

  remove(block: Cidr, is: (value: T) => boolean): void {
    const { first, prefix } = block;
    for (let at = this.#find(first, prefix); ; at++) {
      const entry = this.#entries[at];
      if (entry === undefined || entry.first !== first || entry.block.prefix !== prefix) return;
      if (!is(entry.value)) continue;
      this.#entries.splice(at, 1);
      const left = this.#prefixes.get(prefix)! - 1;
      if (left === 0) this.#prefixes.delete(prefix);
      else this.#prefixes.set(prefix, left);
      return;
    }
  }

  overlapping(block: Cidr): readonly Entry<T>[] {
    const found = this.#containing(block);
    const { last } = block;
    for (let at = this.#find(block.first, block.prefix + 1); ; at++) {
      const entry = this.#entries[at];
      if (entry === undefined || entry.first > last) return found;
      found.push(entry);
    }
  }

  /** The last address of what overlaps `block`; undefined when nothing does. */
  endOfOverlap(block: Cidr): bigint | undefined {
    const [containing] = this.#containing(block);
    if (containing !== undefined) return containing.last;
    const inside = this.#entries[this.#find(block.first, block.prefix + 1)];
    return inside !== undefined && inside.first <= block.last ? inside.last : undefined;
  }

  /** Equal ones included. */
  #containing(block: Cidr): Entry<T>[] {
    const found: Entry<T>[] = [];
    for (const prefix of this.#prefixes.keys()) {
      if (prefix > block.prefix) continue;
      const { first } = new Cidr(block.ip, prefix);
      for (let at = this.#find(first, prefix); ; at++) {
        const entry = this.#entries[at];
        if (entry === undefined || entry.first !== first || entry.block.prefix !== prefix) break;
        found.push(entry);
      }
    }
    return found;
  }

  /** Where the first entry is that does not come before (first, prefix). */
  #find(first: bigint, prefix: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle]!;
      if (entry.first < first || (entry.first === first && entry.block.prefix < prefix)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
