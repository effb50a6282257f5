import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Database } from './database.ts';

type Row = { readonly id: string; readonly value: number };

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'portolan-store-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('Database keeps records after it is opened again', (t) => {
  const path = join(folder(t), 'state.db');
  {
    using db = new Database(path);
    db.table<Row>('network').put({ id: 'a', value: 1 });
    db.table<Row>('network').put({ id: 'a', value: 2 });
    db.table<Row>('network').put({ id: 'b', value: 3 });
    db.table<Row>('network').delete('b');
  }
  using db = new Database(path);
  assert.deepEqual(db.table<Row>('network').all(), [{ id: 'a', value: 2 }]);
});

test('Database.transaction() undoes every write of a body that throws, in memory too', () => {
  using db = new Database(':memory:');
  const rows = db.table<Row>('network');
  rows.put({ id: 'a', value: 1 });
  assert.throws(() =>
    db.transaction(() => {
      rows.put({ id: 'a', value: 2 });
      rows.put({ id: 'b', value: 2 });
      throw new Error('stop');
    }),
  );
  assert.deepEqual(rows.all(), [{ id: 'a', value: 1 }]);
});

test('Database refuses a data root that another engine holds', (t) => {
  const path = join(folder(t), 'state.db');
  using _first = new Database(path);
  assert.throws(() => new Database(path), /another engine uses this data root/);
});

test('Database refuses a database of a newer engine', (t) => {
  const path = join(folder(t), 'state.db');
  {
    const raw = new DatabaseSync(path);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
  }
  assert.throws(() => new Database(path), /version 99/);
});

test('Database brings one of the first version up to date, and keeps its records', (t) => {
  const path = join(folder(t), 'state.db');
  {
    const raw = new DatabaseSync(path);
    const kinds = ['container', 'network', 'endpoint', 'sandbox', 'image', 'layer', 'tag', 'volume', 'setting'];
    for (const kind of kinds) raw.exec(`CREATE TABLE ${kind} (id TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID`);
    raw.exec(`INSERT INTO network VALUES ('a', '{"id":"a","value":1}'); PRAGMA user_version = 1`);
    raw.close();
  }
  using db = new Database(path);
  assert.deepEqual(db.table<Row>('network').all(), [{ id: 'a', value: 1 }]);
  db.table<Row>('former_lease').put({ id: 'b', value: 2 });
  assert.deepEqual(db.table<Row>('former_lease').all(), [{ id: 'b', value: 2 }]);
});
