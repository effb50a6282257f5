import type { NftElement } from '../plan/types.ts';

/** What the firewall needs of a libnftables context. NftContext of `nftables/context.ts` is one. */
export type NftRunner = {
  /** Runs a script as one transaction. Throws AppError or SysError with nft's own message. */
  run(script: string): unknown;
  /** The same off the main thread. */
  runAsync(script: string): Promise<unknown>;
  /** Runs a listing command and parses its JSON. */
  json(command: string): unknown;
};

/** Elements to take away and to put in, in that order, in one transaction. */
export type FirewallChange = {
  readonly add?: readonly NftElement[];
  readonly remove?: readonly NftElement[];
};

/** The rule set of one engine: static rules, and elements that carry the data. */
export interface FirewallTable extends Disposable {
  /**
   * Puts the rules in. What is there already and is ours, complete and of this version stays with its elements
   * (answers false); otherwise the table is replaced in one transaction and is empty (answers true).
   */
  install(): boolean;
  /** Safe to repeat: adding what is there and removing what is not are no errors. */
  apply(change: FirewallChange): void;
  /** For large changes: the event loop stays free. */
  applyAsync(change: FirewallChange): Promise<void>;
  /** What the kernel has, in the same spelling as the intended elements. */
  list(): readonly NftElement[];
  /** Drops so far by reason: what `explain` shows. */
  drops(): Readonly<Record<string, { readonly packets: number; readonly bytes: number }>>;
  /** Takes the whole table away. Safe to repeat. */
  remove(): void;
}
