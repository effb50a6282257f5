import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * The records of one kind. Reads come from memory, writes go to the database first: what `get` returns is durable.
 * Records are values: to change one, put a changed copy.
 */
export class Table<T extends { readonly id: string }> {
  readonly #records = new Map<string, T>();
  readonly #all: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;

  constructor(db: DatabaseSync, name: string) {
    this.#all = db.prepare(`SELECT doc FROM ${name}`);
    this.#put = db.prepare(
      `INSERT INTO ${name} (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`,
    );
    this.#delete = db.prepare(`DELETE FROM ${name} WHERE id = ?`);
    this.reload();
  }

  all(): T[] {
    return [...this.#records.values()];
  }

  get(id: string): T | undefined {
    return this.#records.get(id);
  }

  put(record: T): void {
    this.#put.run(record.id, JSON.stringify(record));
    this.#records.set(record.id, record);
  }

  /** Safe to repeat. */
  delete(id: string): void {
    this.#delete.run(id);
    this.#records.delete(id);
  }

  /** Memory from the database again: after a transaction was rolled back. */
  reload(): void {
    this.#records.clear();
    for (const row of this.#all.all()) {
      const record = JSON.parse(String(row['doc'])) as T;
      this.#records.set(record.id, record);
    }
  }
}
