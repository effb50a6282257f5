import { AppError, type Cidr } from '../../base/index.ts';
import { BlockIndex } from './block-index.ts';
import type { Holder, Holdings, PoolRange } from './types.ts';

export type PoolChoice = {
  /** All are avoided. */
  readonly taken: readonly Holdings[];
  /** As in the address space. */
  readonly reserved: readonly BlockIndex<unknown>[];
  readonly avoided: readonly BlockIndex<unknown>[];
  readonly pools: readonly PoolRange[];
  /** Blocks of this prefix instead of each range's own size: the request `0.0.0.0/24`. */
  readonly prefix?: number;
};

/** The network that is just being made: one of its own pools is in the way. */
export const itself: Holder = { name: '' };

export const holderName = (holder: Holder): string =>
  holder === itself ? 'this same network' : `network ${holder.name}`;

/**
 * The lowest free block of the first range that has one. What is held is kept in order, so each range costs a walk
 * along what is held within it, whatever its size. Throws `invalid` when nothing is free.
 */
export function choosePool(choice: PoolChoice): Cidr {
  const ranges = choice.pools.filter(({ base }) => choice.prefix === undefined || base.prefix <= choice.prefix);
  if (ranges.length === 0) throw new AppError('invalid', 'invalid address pool');
  const strict: readonly BlockIndex<unknown>[] = [...choice.taken, ...choice.reserved];
  for (const indexes of [[...strict, ...choice.avoided], strict]) {
    for (const { base, size } of ranges) {
      const found = BlockIndex.firstGap(base, choice.prefix ?? size, indexes);
      if (found !== undefined) return found;
    }
  }
  throw new AppError('invalid', exhausted(choice, ranges));
}

const namedHolders = 8;

/** Docker's sentence first, as clients match it; then who has what. */
function exhausted({ taken, reserved }: PoolChoice, ranges: readonly PoolRange[]): string {
  const bases = ranges.map(({ base }) => base);
  const all = new Set([
    ...bases
      .flatMap((base) => taken.flatMap((index) => index.overlapping(base)))
      .map(([block, holder]) => `${block} by ${holderName(holder)}`),
    ...bases
      .flatMap((base) => reserved.flatMap((index) => index.overlapping(base)))
      .map(([block]) => `${block} by the host`),
  ]);
  const more = all.size > namedHolders ? ` and ${all.size - namedHolders} more` : '';
  const held = all.size === 0 ? 'nothing' : `${[...all].slice(0, namedHolders).join(', ')}${more}`;
  return `all predefined address pools have been fully subnetted: held are ${held}; remove a network, or give one with --subnet`;
}
