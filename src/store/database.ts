import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../base/index.ts';
import { migrate } from './schema.ts';
import { Table } from './table.ts';

/**
 * The engine's one durable truth: an SQLite database in WAL mode, one table per kind of record. A write is on disk (in
 * the log) when the call returns and survives the engine being killed; it costs some 30 µs.
 */
export class Database implements Disposable {
  readonly #db: DatabaseSync;
  readonly #claim: DatabaseSync | undefined;
  readonly #tables = new Map<string, Table<{ readonly id: string }>>();

  /** `path` ":memory:" keeps nothing. Refuses a database written by a newer engine. */
  constructor(path: string) {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
    this.#claim = path === ':memory:' ? undefined : claim(`${path}.lock`);
    this.#db = new DatabaseSync(path);
    // NORMAL: a crash of the machine may lose the last writes, never the database; a crash of the engine loses nothing.
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -512;');
    migrate(this.#db);
  }

  table<T extends { readonly id: string }>(name: string): Table<T> {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new Table(this.#db, name);
      this.#tables.set(name, table);
    }
    // One name has one record type: the composition root is the only caller.
    return table as unknown as Table<T>;
  }

  /** All writes of `body` or none. Synchronous; may not be nested. */
  transaction<T>(body: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = body();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      for (const table of this.#tables.values()) table.reload();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#db.close();
    this.#claim?.close();
  }
}

/**
 * Two engines on one data root would destroy each other's records: the second is refused. The lock is a transaction
 * held open in a database of its own (so that the records stay readable for others); the kernel drops it with us.
 */
function claim(path: string): DatabaseSync {
  const lock = new DatabaseSync(path);
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    const hint = 'another engine uses this data root: stop it or choose another --data-root';
    throw new AppError('conflict', `cannot lock ${path}: ${hint}`, { cause: error });
  }
}
