import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Where `npm test` puts the clients; see tools/setup/clients.sh. */
const folder = join(process.env['PORTOLAN_CACHE'] ?? '/var/cache/portolan', 'clients');

/** A program of one of them, or why this machine cannot have it, which skips its tests. */
export type Program = { readonly path: string; readonly skip: string | false };

/**
 * `name` is that of the set-up ("compose-v2"), `file` where the program is in its folder; a program of the machine's own
 * has an absolute path.
 */
export function program(name: string, file: string): Program {
  const reason = join(folder, `${name}.missing`);
  if (existsSync(reason)) return { path: '', skip: readFileSync(reason, 'utf8').trim() };
  const path = file.startsWith('/') ? file : join(folder, name, file);
  if (!existsSync(path)) throw new Error(`there is no ${path}: npm test sets the clients up`);
  return { path, skip: false };
}

/** Loads a module of the clients' own folder. */
export const clientModule = createRequire(join(folder, 'npm', 'package.json'));
