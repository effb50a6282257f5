import type { EndpointRecord, FormerLease, NetworkRecord, SandboxRecord } from '../store/records.ts';

/** One kind of record. Reads come from memory; a write is durable when it returns. `Table` of the store is one. */
export interface RecordTable<T extends { readonly id: string }> {
  all(): readonly T[];
  get(id: string): T | undefined;
  put(record: T): void;
  /** Safe to repeat. */
  delete(id: string): void;
}

/** Where the network core keeps its truth. */
export interface NetworkStore {
  readonly networks: RecordTable<NetworkRecord>;
  readonly endpoints: RecordTable<EndpointRecord>;
  readonly sandboxes: RecordTable<SandboxRecord>;
  readonly formerLeases: RecordTable<FormerLease>;
  /** All writes of `body` or none. Synchronous. */
  transaction<T>(body: () => T): T;
}
