import { createHash } from 'node:crypto';
import type { Link } from '../../netlink/rt/link.ts';

/** The owner of a link that was being made when the engine was killed. No record has this name. */
const unfinished = 'unfinished';

/** Between an owner and what its link was called before it was moved in. */
const origin = ' from ';

/**
 * How an owner is written on a link: the alias "portolan:endpoint:<id>". The first word is the name of our nftables
 * table, so that two engines in one namespace leave each other's links alone. One that was moved into a sandbox also
 * says what it is called outside: "portolan:endpoint:<id> from vethab12".
 *
 * The kernel takes no alias at a link's birth, and an engine can be killed before it gives one; but it takes a group.
 * A link is born in `birthGroup`, and leaves it in the message that gives it its alias.
 */
export class Mark {
  readonly birthGroup: number;
  readonly #prefix: string;

  constructor(table: string) {
    this.#prefix = `${table}:`;
    // 31 bits: ip(8) prints and reads groups as signed. Never 0, which is everybody's.
    this.birthGroup = createHash('sha256').update(table).digest().readUInt32BE() >>> 1 || 1;
  }

  /** What of a link says whose it is. */
  of(owner: string, source?: string): { readonly alias: string; readonly group: number } {
    return { alias: this.#prefix + owner + (source === undefined ? '' : origin + source), group: 0 };
  }

  /** undefined for a link that is not ours. */
  ownerOf({ alias, group }: Pick<Link, 'alias' | 'group'>): string | undefined {
    if (alias.startsWith(this.#prefix)) return alias.slice(this.#prefix.length).split(origin)[0];
    return group === this.birthGroup ? unfinished : undefined;
  }

  /** What a link that was moved in is called outside. */
  sourceOf({ alias }: Pick<Link, 'alias'>): string | undefined {
    return alias.startsWith(this.#prefix) ? alias.split(origin)[1] : undefined;
  }
}
