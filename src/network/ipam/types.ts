import type { Cidr } from '../../base/index.ts';
import type { NetworkCreate } from '../types.ts';
import type { BlockIndex } from './block-index.ts';
import type { Gaps } from './gaps.ts';

/** Where pools are taken from: `base` cut into blocks of `size` bits of prefix. */
export type PoolRange = { readonly base: Cidr; readonly size: number };

/** Whose a block is: a network, which a network record is. */
export type Holder = { readonly name: string };

/** Blocks that networks have. */
export type Holdings = BlockIndex<Holder>;

/** One entry of the API's `IPAM.Config`. */
export type PoolRequest = NetworkCreate['ipam']['pools'][number];

/** Everything that decides which blocks are free. Pure data: whoever calls reads records, routes and name servers. */
export type AddressSpace = {
  /** Pools of other networks. A requested pool must not overlap them. */
  readonly taken: Holdings;
  /** Finds blocks beside those, and beside what the host reaches on its own links, which only this choice avoids. */
  readonly gaps: Gaps;
  /** Avoided too: the host's name servers. */
  readonly reserved: readonly BlockIndex<unknown>[];
  /** What the host reaches through gateways: avoided as long as there is something else. */
  readonly avoided: readonly BlockIndex<unknown>[];
  /** In order of preference. */
  readonly pools4: readonly PoolRange[];
  readonly pools6: readonly PoolRange[];
};
