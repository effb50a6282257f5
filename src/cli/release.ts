import { readFileSync } from 'node:fs';

/** This copy's own version, from the package it belongs to. */
export function release(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
