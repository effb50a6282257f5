import { AppError, formatIp, isIp, parseIp } from '../../base/index.ts';
import type { NftElement } from '../plan/types.ts';
import { type SetDeclaration, setDeclarations } from './sets.ts';
import type { Dropped } from './types.ts';

type Json = Readonly<Record<string, unknown>>;

/** The elements of our sets in the JSON of `list table`, spelled as `intent.ts` spells them. */
export function elementsIn(listing: unknown): readonly NftElement[] {
  const declared = new Map(setDeclarations.map((set) => [set.name, set]));
  return objectsOf(listing).flatMap((object) => {
    const set = (object['set'] ?? object['map']) as Json | undefined;
    const declaration = declared.get(String(set?.['name']));
    if (set === undefined || declaration === undefined) return [];
    return ((set['elem'] ?? []) as readonly unknown[]).map((element) => elementOf(declaration, element));
  });
}

/** Names of the sets and maps in the JSON of `list table`. */
export function setNamesIn(listing: unknown): ReadonlySet<string> {
  return new Set(
    objectsOf(listing).flatMap((object) => {
      const set = (object['set'] ?? object['map']) as Json | undefined;
      return set === undefined ? [] : [String(set['name'])];
    }),
  );
}

/** How many rules each chain has, in the JSON of `list table`. */
export function ruleCountsIn(listing: unknown): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const object of objectsOf(listing)) {
    const chain = object['chain'] as Json | undefined;
    const rule = object['rule'] as Json | undefined;
    if (chain !== undefined) counts.set(String(chain['name']), counts.get(String(chain['name'])) ?? 0);
    if (rule !== undefined) counts.set(String(rule['chain']), (counts.get(String(rule['chain'])) ?? 0) + 1);
  }
  return counts;
}

/** Named counters in the JSON of `list counters`. */
export function countersIn(listing: unknown): Readonly<Record<string, Dropped>> {
  return Object.fromEntries(
    objectsOf(listing).flatMap((object) => {
      const counter = object['counter'] as Json | undefined;
      if (counter === undefined) return [];
      return [[String(counter['name']), { packets: Number(counter['packets']), bytes: Number(counter['bytes']) }]];
    }),
  );
}

/** Whether the JSON of `list tables` names ours. */
export function hasTable(listing: unknown, table: string): boolean {
  return objectsOf(listing).some((object) => {
    const found = object['table'] as Json | undefined;
    return found?.['family'] === 'inet' && found['name'] === table;
  });
}

/** libnftables-json(5): everything comes as one array of objects with one key each. */
function objectsOf(listing: unknown): readonly Json[] {
  const objects = (listing as Json | undefined)?.['nftables'];
  if (!Array.isArray(objects)) throw new AppError('internal', 'nft answered a listing without an array "nftables"');
  return objects;
}

/** A map's element is a pair; an element with a comment is wrapped in `elem`. */
function elementOf(declaration: SetDeclaration, element: unknown): NftElement {
  const [key, value] = declaration.value === undefined ? [element, undefined] : (element as [unknown, unknown]);
  const wrapped = (key as { elem?: { val: unknown; comment?: string } }).elem;
  const base = {
    set: declaration.name,
    key: spell(declaration.key, wrapped === undefined ? key : wrapped.val),
    owner: wrapped?.comment ?? '',
  };
  return declaration.value === undefined ? base : { ...base, value: spell(declaration.value, value) };
}

function spell(types: readonly string[], data: unknown): string {
  const parts = types.length === 1 ? [data] : (data as { concat: readonly unknown[] }).concat;
  return parts.map((part, i) => spellPart(types[i]!, part)).join(' . ');
}

/** Numbers of <linux/in.h>: nft prints them where /etc/protocols is missing. */
const protocols: Readonly<Record<string, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

function spellPart(type: string, part: unknown): string {
  if (typeof part === 'object' && part !== null) {
    const { range, prefix } = part as { range?: [unknown, unknown]; prefix?: { addr: string; len: number } };
    if (range !== undefined) return range.map((end) => spellPart(type, end)).join('-');
    if (prefix !== undefined) return `${spellPart(type, prefix.addr)}/${prefix.len}`;
  }
  const text = String(part);
  if (type === 'ifname') return `"${text}"`;
  if (type === 'inet_proto') return protocols[text] ?? text;
  return isIp(text) ? formatIp(parseIp(text)) : text;
}
