import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { Firewall } from '../../src/network/firewall/index.ts';
import { warmThreadPool } from '../../src/syscall/netns.ts';
import { type Host, openHost } from './fixture.ts';

/** `UPDATE=1` writes the page anew; otherwise what is there has to be what a kernel says. */
const update = process.env['UPDATE'] === '1';
const folder = new URL('../../docs/rulesets/', import.meta.url);

before(warmThreadPool);

/** Other versions print the same rules in other words. */
const printedBy = 'nftables v1.0.6';
const version = execFileSync('nft', ['--version'], { encoding: 'utf8' });
const skip = version.startsWith(printedBy) ? false : `the page was printed by ${printedBy}, here is ${version.trim()}`;

/** The tables of both families. */
const listed = (host: Host, ...options: readonly string[]): string =>
  ['inet', 'bridge'].map((family) => host.run('nft', ...options, 'list', 'table', family, 'portolan')).join('');

test('docs/rulesets/rules.nft is the tables of an engine that has nothing yet', { skip }, () => {
  using host = openHost();
  new Firewall({ context: host.nft, table: 'portolan', guarded: [4, 6] }).install();
  const text = listed(host, '-s');
  const path = new URL('rules.nft', folder);
  if (update) writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'), 'write it anew with npm run docs:rulesets');
});

test('docs/rulesets/README.md explains every chain, set, map and counter that a kernel lists', () => {
  using host = openHost();
  new Firewall({ context: host.nft, table: 'portolan', guarded: [4, 6] }).install();
  const text = listed(host);
  const names = [...text.matchAll(/^\t(?:chain|set|map|counter) (\S+) \{/gm)].map(([, name]) => name!);
  assert.ok(names.length > 30, `${names.length} names in ${text}`);
  const explained = readFileSync(new URL('README.md', folder), 'utf8');
  // The set version_… says in its name which rules these are.
  const lacking = names.filter((name) => !explained.includes(`\`${name.replace(/^version_.*/, 'version_…')}\``));
  assert.deepEqual(lacking, [], 'each needs a row in docs/rulesets/README.md');
});
