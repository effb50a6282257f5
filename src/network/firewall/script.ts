import type { NftElement } from '../plan/types.ts';
import { familyOf } from './sets.ts';
import type { FirewallChange } from './types.ts';

/** NFTNL_UDATA_COMMENT_MAXLEN of libnftnl, its closing NUL included. */
const commentBytes = 128;

/**
 * A change as one transaction. nft 1.0.6 has no `destroy`, so an element is added before it is deleted: that never
 * fails, whether it was there or not, and lists nothing.
 */
export function changeScript(table: string, change: FirewallChange): string {
  const lines: string[] = [];
  for (const [set, elements] of bySet(change.remove ?? [])) {
    lines.push(command('add', table, set, elements.map(pairOf)));
    lines.push(command('delete', table, set, elements.map(pairOf)));
  }
  for (const [set, elements] of bySet(change.add ?? [])) {
    lines.push(command('add', table, set, elements.map(ownedPairOf)));
  }
  return lines.join('');
}

const command = (verb: 'add' | 'delete', table: string, set: string, elements: readonly string[]): string =>
  `${verb} element ${familyOf(set)} ${table} ${set} { ${elements.join(', ')} }\n`;

function bySet(elements: readonly NftElement[]): ReadonlyMap<string, readonly NftElement[]> {
  return Map.groupBy(elements, ({ set }) => set);
}

const pairOf = ({ key, value }: NftElement): string => (value === undefined ? key : `${key} : ${value}`);

/** The owner goes with the element into the kernel, where `nft list` shows it. */
function ownedPairOf({ key, value, owner }: NftElement): string {
  const owned = `${key} comment "${commentOf(owner)}"`;
  return value === undefined ? owned : `${owned} : ${value}`;
}

/** nft has no escapes in strings, and refuses a comment that is too long. */
function commentOf(owner: string): string {
  const clean = owner.replace(/[^\x20-\x7e]|["\\]/g, '?');
  return clean.slice(0, commentBytes - 1);
}
