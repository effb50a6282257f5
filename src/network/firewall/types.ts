import type { NftElement } from '../plan/types.ts';

/** What the firewall needs of a libnftables context. NftContext of `nftables/context.ts` is one. */
export interface NftRunner extends Disposable {
  /** Runs a script as one transaction. Throws with nft's own message when it is refused, and nothing has changed. */
  run(script: string): unknown;
  /** The same off the main thread. */
  runAsync(script: string): Promise<unknown>;
  /** Runs a listing command and parses its JSON: libnftables-json(5). */
  json(command: string): unknown;
}

/** Elements to take away and to put in, in that order, in one transaction. */
export type FirewallChange = {
  readonly add?: readonly NftElement[];
  readonly remove?: readonly NftElement[];
};

/** What a drop rule has counted since the table was installed. */
export type Dropped = { readonly packets: number; readonly bytes: number };

/** The rule set of one engine: static rules, and elements that carry the data. */
export interface FirewallTable extends Disposable {
  /**
   * Puts the rules in. A table that is there already, complete and of this version, stays with its elements (answers
   * false); any other is replaced in one transaction, and is empty then (answers true).
   */
  install(): boolean;
  /** Safe to repeat: adding what is there and removing what is not are no errors. */
  apply(change: FirewallChange): void;
  /** The same off the main thread: for more than some hundred elements. */
  applyAsync(change: FirewallChange): Promise<void>;
  /** What the kernel has, spelled as the intended elements are: equal ones have equal set, key and value. */
  list(): readonly NftElement[];
  /** Drops by reason. */
  drops(): Readonly<Record<string, Dropped>>;
  /** Takes the whole table away. Safe to repeat. */
  remove(): void;
}
