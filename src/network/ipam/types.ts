import type { Cidr } from '../../base/index.ts';
import type { NetworkCreate } from '../types.ts';

/** Where pools are taken from: `base` cut into blocks of `size` bits of prefix. */
export type PoolRange = { readonly base: Cidr; readonly size: number };

/** A block somebody has, and who, as an error shall name it: "network isolated_nw". */
export type Holding = { readonly subnet: Cidr; readonly holder: string };

/** One entry of the API's `IPAM.Config`. */
export type PoolRequest = NetworkCreate['ipam']['pools'][number];

/** Everything that decides which blocks are free. Pure data: whoever calls reads records, routes and name servers. */
export type AddressSpace = {
  /** Pools of other networks. A requested pool must not overlap them. */
  readonly taken: readonly Holding[];
  /** On-link routes and name servers of the host. Only the automatic choice avoids them. */
  readonly reserved: readonly Cidr[];
  /** In order of preference. */
  readonly pools4: readonly PoolRange[];
  readonly pools6: readonly PoolRange[];
};
