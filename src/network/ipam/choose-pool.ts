import { AppError, Cidr } from '../../base/index.ts';
import type { Holding, PoolRange } from './types.ts';

export type PoolChoice = {
  readonly taken: readonly Holding[];
  /** Avoided too, but nobody's pool: routes and name servers of the host. */
  readonly reserved: readonly Cidr[];
  readonly pools: readonly PoolRange[];
  /** Blocks of this prefix instead of each range's own size: the request `0.0.0.0/24`. */
  readonly prefix?: number;
};

type Block = { readonly first: bigint; readonly last: bigint };

/**
 * The lowest free block of the first range that has one. What is held is sorted once, then each range walks along it:
 * O(n log n) in the number of holdings, whatever the size of the ranges. Throws `invalid` when nothing is free.
 */
export function choosePool(choice: PoolChoice): Cidr {
  const ranges = choice.pools.filter(({ base }) => choice.prefix === undefined || base.prefix <= choice.prefix);
  if (ranges.length === 0) throw new AppError('invalid', 'invalid address pool');
  const held = sortedBlocks([...choice.taken.map(({ subnet }) => subnet), ...choice.reserved], ranges[0]!.base.family);
  for (const { base, size } of ranges) {
    const found = firstGap(base, choice.prefix ?? size, held);
    if (found !== undefined) return found;
  }
  throw new AppError('invalid', exhausted(choice, ranges));
}

function sortedBlocks(blocks: readonly Cidr[], family: 4 | 6): readonly Block[] {
  return blocks
    .filter((block) => block.family === family)
    .map(({ first, last }) => ({ first, last }))
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
}

function firstGap(base: Cidr, prefix: number, held: readonly Block[]): Cidr | undefined {
  const step = new Cidr(base.ip, prefix).size;
  const end = base.last;
  let first = base.first;
  for (const block of held) {
    if (block.last < first) continue;
    if (block.first >= first + step || first > end) break;
    first += ((block.last - first) / step + 1n) * step;
  }
  return first <= end ? new Cidr({ family: base.family, value: first }, prefix) : undefined;
}

const namedHolders = 8;

/** Docker's sentence first, as clients match it; then who has what. */
function exhausted({ taken, reserved }: PoolChoice, ranges: readonly PoolRange[]): string {
  const inside = (block: Cidr): boolean => ranges.some(({ base }) => base.overlaps(block));
  const all = [
    ...taken.filter(({ subnet }) => inside(subnet)).map(({ subnet, holder }) => `${subnet} by ${holder}`),
    ...reserved.filter(inside).map((block) => `${block} by the host`),
  ];
  const more = all.length > namedHolders ? ` and ${all.length - namedHolders} more` : '';
  const held = all.length === 0 ? 'nothing' : `${all.slice(0, namedHolders).join(', ')}${more}`;
  return `all predefined address pools have been fully subnetted: held are ${held}; remove a network, or give one with --subnet`;
}
