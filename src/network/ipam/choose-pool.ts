import { AppError, type Cidr } from '../../base/index.ts';
import type { AddressSpace, Holder, Holdings, PoolRange } from './types.ts';

export type PoolChoice = Pick<AddressSpace, 'taken' | 'gaps' | 'reserved' | 'avoided'> & {
  /** What the same request has got already. */
  readonly own: Holdings;
  readonly pools: readonly PoolRange[];
  /** Blocks of this prefix instead of each range's own size: the request `0.0.0.0/24`. */
  readonly prefix?: number;
};

/** The network that is just being made: one of its own pools is in the way. */
export const itself: Holder = { name: '' };

export const holderName = (holder: Holder): string =>
  holder === itself ? 'this same network' : `network ${holder.name}`;

/** The lowest free block of the first range that has one. Throws `invalid` when nothing is free. */
export function choosePool(choice: PoolChoice): Cidr {
  const ranges = choice.pools.filter(({ base }) => choice.prefix === undefined || base.prefix <= choice.prefix);
  if (ranges.length === 0) throw new AppError('invalid', 'invalid address pool');
  const { gaps, own, reserved, avoided } = choice;
  for (const also of [
    [own, ...reserved, ...avoided],
    [own, ...reserved],
  ]) {
    for (const { base, size } of ranges) {
      const found = gaps.find(base, choice.prefix ?? size, also);
      if (found !== undefined) return found;
    }
  }
  throw new AppError('invalid', exhausted(choice, ranges));
}

const namedHolders = 8;

/** Docker's sentence first, as clients match it; then who has what. */
function exhausted({ taken, gaps, own, reserved }: PoolChoice, ranges: readonly PoolRange[]): string {
  const bases = ranges.map(({ base }) => base);
  const networks = new Map(
    bases
      .flatMap((base) => [taken, own].flatMap((index) => index.overlapping(base)))
      .map(([block, holder]) => [`${block}`, holderName(holder)]),
  );
  const others = bases
    .flatMap((base) => [
      ...gaps.held(base),
      ...reserved.flatMap((index) => index.overlapping(base).map(([one]) => one)),
    ])
    .map(String)
    .filter((block) => !networks.has(block));
  const all = [...networks, ...[...new Set(others)].map((block) => [block, 'the host'] as const)].map(
    ([block, holder]) => `${block} by ${holder}`,
  );
  const more = all.length > namedHolders ? ` and ${all.length - namedHolders} more` : '';
  const held = all.length === 0 ? 'nothing' : `${all.slice(0, namedHolders).join(', ')}${more}`;
  return `all predefined address pools have been fully subnetted: held are ${held}; remove a network, or give one with --subnet`;
}
