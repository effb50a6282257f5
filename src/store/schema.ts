import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../base/index.ts';

/** Kinds of records of the first version, each a table of JSON documents keyed by id. Later ones are steps below. */
export const kinds = [
  'container',
  'network',
  'endpoint',
  'sandbox',
  'image',
  'layer',
  'tag',
  'volume',
  'setting',
] as const;

/** Step n brings a database from version n to n + 1. Append only: written databases have run the earlier ones. */
const steps: readonly string[] = [kinds.map(documents).join('\n'), documents('former_lease')];

function documents(kind: string): string {
  return `CREATE TABLE ${kind} (id TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;`;
}

export function migrate(db: DatabaseSync): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > steps.length) {
    throw new AppError(
      'conflict',
      `the database has version ${version}, this engine knows ${steps.length}: run a newer engine`,
    );
  }
  for (let at = version; at < steps.length; at++) {
    db.exec(`BEGIN; ${steps[at]} PRAGMA user_version = ${at + 1}; COMMIT;`);
  }
}
