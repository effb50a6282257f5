import type { NetworkStore, RecordTable } from '../../src/network/index.ts';

/** Records in memory, copied as a database would: what a test keeps cannot change behind the table's back. */
class MemoryTable<T extends { readonly id: string }> implements RecordTable<T> {
  readonly records = new Map<string, string>();

  all(): readonly T[] {
    return Array.from(this.records.values(), (text) => JSON.parse(text) as T);
  }

  get(id: string): T | undefined {
    const text = this.records.get(id);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  put(record: T): void {
    this.records.set(record.id, JSON.stringify(record));
  }

  delete(id: string): void {
    this.records.delete(id);
  }
}

export const memoryStore = (): NetworkStore => ({
  networks: new MemoryTable(),
  endpoints: new MemoryTable(),
  sandboxes: new MemoryTable(),
  formerLeases: new MemoryTable(),
  transaction: (body) => body(),
});
