import type { Pool } from '../../../store/records.ts';

/** A pool of a plugin's. */
export type TakenPool = Pool & { readonly remote: NonNullable<Pool['remote']> };

/** What a plugin has given while a network is made, told at each step. */
export class TakenPools {
  readonly #note: (pools: readonly Pool[]) => void;
  #pools: readonly Pool[] = [];

  constructor(note: (pools: readonly Pool[]) => void) {
    this.#note = note;
  }

  get all(): readonly Pool[] {
    return this.#pools;
  }

  add(pool: TakenPool): void {
    this.#become([...this.#pools, pool]);
  }

  /** With what has been taken of it since. */
  replace(before: TakenPool, after: TakenPool): void {
    this.#become(this.#pools.map((pool) => (pool === before ? after : pool)));
  }

  drop(gone: TakenPool): void {
    this.#become(this.#pools.filter((pool) => pool !== gone));
  }

  #become(pools: readonly Pool[]): void {
    this.#pools = pools;
    this.#note(pools);
  }
}
