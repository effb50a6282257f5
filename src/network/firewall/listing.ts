import { formatIp, isIp, parseIp } from '../../base/index.ts';
import { decodeElement } from '../../nftables/elements.ts';
import type { NftElement } from '../plan/types.ts';
import { type SetDeclaration, setDeclarations } from './sets.ts';
import type { Dropped } from './types.ts';

/** What NftContext.json answers: libnftables-json(5), objects with one key each. */
export type Listing = readonly Readonly<Record<string, unknown>>[];

type Fields = Readonly<Record<string, unknown>>;

/** The elements of our sets in a listing of the table, spelled as `intent.ts` spells them. */
export function elementsIn(listing: Listing): readonly NftElement[] {
  const declared = new Map(setDeclarations.map((set) => [set.name, set]));
  return setsIn(listing).flatMap((set) => {
    const declaration = declared.get(String(set['name']));
    if (declaration === undefined) return [];
    return ((set['elem'] ?? []) as readonly unknown[]).map((element) => elementOf(declaration, element));
  });
}

/** Names of the sets and maps in a listing of the table. */
export const setNamesIn = (listing: Listing): ReadonlySet<string> =>
  new Set(setsIn(listing).map((set) => String(set['name'])));

/** How many rules each chain has, in a listing of the table. */
export function ruleCountsIn(listing: Listing): ReadonlyMap<string, number> {
  const counts = new Map(fieldsOf(listing, 'chain').map((chain) => [String(chain['name']), 0]));
  for (const { chain } of fieldsOf(listing, 'rule')) counts.set(String(chain), (counts.get(String(chain)) ?? 0) + 1);
  return counts;
}

/** Named counters in a listing; those of one name, of tables of several families, together. */
export function countersIn(listing: Listing): Readonly<Record<string, Dropped>> {
  const counters: Record<string, Dropped> = {};
  for (const { name, packets, bytes } of fieldsOf(listing, 'counter')) {
    const before = counters[String(name)] ?? { packets: 0, bytes: 0 };
    counters[String(name)] = { packets: before.packets + Number(packets), bytes: before.bytes + Number(bytes) };
  }
  return counters;
}

const setsIn = (listing: Listing): readonly Fields[] => [...fieldsOf(listing, 'set'), ...fieldsOf(listing, 'map')];

const fieldsOf = (listing: Listing, kind: string): readonly Fields[] =>
  listing.flatMap((entry) => (entry[kind] === undefined ? [] : [entry[kind] as Fields]));

function elementOf(declaration: SetDeclaration, entry: unknown): NftElement {
  const { key, data, comment = '' } = decodeElement(entry);
  const element = { set: declaration.name, key: spell(declaration.key, key), owner: comment };
  return data === undefined ? element : { ...element, value: spell(declaration.value ?? [], data) };
}

const spell = (types: readonly string[], fields: readonly string[]): string =>
  fields.map((field, i) => spellField(types[i] ?? '', field)).join(' . ');

/** Numbers of <linux/in.h>: nft prints them where /etc/protocols is missing. */
const protocols: Readonly<Record<string, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

function spellField(type: string, field: string): string {
  if (type === 'ifname') return `"${field}"`;
  if (type === 'inet_proto') return protocols[field] ?? field;
  const [address = '', ...prefix] = field.split('/');
  return isIp(address) ? [formatIp(parseIp(address)), ...prefix].join('/') : field;
}
