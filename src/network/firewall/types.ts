import type { NftContext } from '../../nftables/context.ts';
import type { NftElement } from '../plan/types.ts';

/** What the firewall needs of a libnftables context. */
export type NftRunner = Pick<NftContext, 'run' | 'runAsync' | 'json' | 'hasTable'> & Disposable;

/** Elements to take away and to put in, in that order, in one transaction. */
export type FirewallChange = {
  readonly add?: readonly NftElement[];
  readonly remove?: readonly NftElement[];
};

/** What a drop rule has counted since the table was installed. */
export type Dropped = { readonly packets: number; readonly bytes: number };

/** The rule set of one engine: static rules, and elements that carry the data. */
export interface FirewallTable extends Disposable {
  /** Whether frames within a bridge are judged as well: not by every kernel. Known once it is installed. */
  readonly judgesFrames: boolean;
  /**
   * Puts the rules in. A table that is there already, complete and of this version, stays with its elements (answers
   * false); any other is replaced in one transaction, and is empty then (answers true).
   */
  install(): boolean;
  /**
   * Drops what would be forwarded between two interfaces that are not ours, for a family whose forwarding the engine
   * itself turned on.
   */
  guard(family: 4 | 6): void;
  /** Safe to repeat: adding what is there and removing what is not are no errors. */
  apply(change: FirewallChange): void;
  /** The same in turns of the event loop, a transaction of some hundred elements each: for large changes. */
  applyAsync(change: FirewallChange): Promise<void>;
  /** What the kernel has, spelled as the intended elements are: equal ones have equal set, key and value. */
  list(): readonly NftElement[];
  /** Drops by reason. */
  drops(): Readonly<Record<string, Dropped>>;
  /** Takes the whole table away. Safe to repeat. */
  remove(): void;
}
