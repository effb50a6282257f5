import { createHash } from 'node:crypto';
import { type AcceptedMark, type Chain, chainsWith, guardedSet } from './chains.ts';
import { type DropReason, dropReasons } from './drops.ts';
import { frameChains } from './frames.ts';
import { declare, type Family, setDeclarations } from './sets.ts';

/**
 * The rules of one family, as a script that puts them in place of whatever our table of it held. The same for one
 * network and for thousands: those are elements of the sets.
 */
export function rulesetScript(family: Family, table: string, mark?: AcceptedMark): string {
  const version = `set ${versionMark(family, mark)} { type mark; comment "version of these rules"; }\n`;
  return `${removalScript(family, table)}table ${family} ${table} {\n${version}${body(family, mark)}}\n`;
}

/** Safe to repeat. */
export const removalScript = (family: Family, table: string): string =>
  `table ${family} ${table}\ndelete table ${family} ${table}\n`;

/** The script that says which families the host forwards for containers only. Safe to repeat. */
export function guardScript(table: string, families: Iterable<4 | 6>): string {
  const elements = [...families].map((family) => `add element inet ${table} ${guardedSet} { ipv${family} }\n`);
  return `flush set inet ${table} ${guardedSet}\n${elements.join('')}`;
}

/** Name of an empty set by which a table says which version of the rules it holds. */
export function versionMark(family: Family, mark?: AcceptedMark): string {
  return `version_${createHash('sha256').update(body(family, mark)).digest('hex').slice(0, 16)}`;
}

/** How many rules each chain of a complete table has. */
export function rulesByChain(family: Family, mark?: AcceptedMark): ReadonlyMap<string, number> {
  return new Map(chainsOf(family, mark).map(({ name, rules }) => [name, rules.length]));
}

const chainsOf = (family: Family, mark: AcceptedMark | undefined): readonly Chain[] =>
  family === 'bridge' ? frameChains : chainsWith(mark);

const reasonsOf = (family: Family): readonly DropReason[] =>
  family === 'bridge' ? ['apart'] : (Object.keys(dropReasons) as DropReason[]);

function body(family: Family, mark: AcceptedMark | undefined): string {
  const counters = reasonsOf(family).map((reason) => `counter ${reason} { }\n`);
  const chains = chainsOf(family, mark).map(({ name, hook, rules }) => {
    const base = hook === undefined ? '' : `type ${hook}; policy accept;\n`;
    return `chain ${name} {\n${base}${rules.join('\n')}\n}\n`;
  });
  const guarded = `set ${guardedSet} { type nf_proto; comment "forwarded for containers only"; }\n`;
  const sets = setDeclarations.filter((set) => (set.family ?? 'inet') === family).map(declare);
  return [...counters, ...(family === 'inet' ? [guarded] : []), ...sets, ...chains].join('');
}
