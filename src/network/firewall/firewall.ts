import { SysError } from '../../base/index.ts';
import type { NftElement } from '../plan/types.ts';
import type { AcceptedMark } from './chains.ts';
import { countersIn, elementsIn, ruleCountsIn, setNamesIn } from './listing.ts';
import { guardScript, removalScript, rulesByChain, rulesetScript, versionMark } from './ruleset.ts';
import { changeScript } from './script.ts';
import type { Family } from './sets.ts';
import type { Dropped, FirewallChange, FirewallTable, NftRunner } from './types.ts';

export type FirewallOptions = {
  /** Of the namespace to guard. Closed with the firewall. */
  readonly context: NftRunner;
  /** Name of our table: two engines in one namespace need two. */
  readonly table: string;
  /** With `--bridge-accept-fwmark`: marked packets reach containers. */
  readonly acceptMark?: AcceptedMark | undefined;
  /** Families of which `guard` was told before. */
  readonly guarded?: readonly (4 | 6)[];
};

/** The rule set in the kernel. No verb but `install` and `list` reads what is there. */
export class Firewall implements FirewallTable {
  readonly #context: NftRunner;
  readonly #table: string;
  readonly #guarded: Set<4 | 6>;
  readonly #mark: AcceptedMark | undefined;
  #judgesFrames = false;

  constructor({ context, table, acceptMark, guarded = [] }: FirewallOptions) {
    this.#mark = acceptMark;
    this.#context = context;
    this.#table = table;
    this.#guarded = new Set(guarded);
  }

  get judgesFrames(): boolean {
    return this.#judgesFrames;
  }

  install(): boolean {
    const complete = this.#isComplete('inet');
    const rules = complete ? '' : rulesetScript('inet', this.#table, this.#mark);
    this.#context.run(`${rules}${guardScript(this.#table, this.#guarded)}`);
    const framesComplete = this.#isComplete('bridge');
    this.#judgesFrames = framesComplete || this.#installFrames();
    return !complete || (this.#judgesFrames && !framesComplete);
  }

  guard(family: 4 | 6): void {
    this.#guarded.add(family);
    try {
      this.#context.run(guardScript(this.#table, this.#guarded));
    } catch (error) {
      if (!this.#isRemoved()) throw error;
      this.install();
    }
  }

  apply(change: FirewallChange): void {
    const script = changeScript(this.#table, change);
    if (script === '') return;
    try {
      this.#context.run(script);
    } catch {
      this.#context.run(changeScript(this.#table, this.#corrected(change)));
    }
  }

  async applyAsync({ remove = [], add = [] }: FirewallChange): Promise<void> {
    for (const part of parts(remove)) await this.#applyPart({ remove: part });
    for (const part of parts(add)) await this.#applyPart({ add: part });
  }

  list(): readonly NftElement[] {
    return this.#families.flatMap((family) => elementsIn(this.#context.json(`list table ${family} ${this.#table}`)));
  }

  drops(): Readonly<Record<string, Dropped>> {
    const listings = this.#families.map((family) => this.#context.json(`list counters table ${family} ${this.#table}`));
    return countersIn(listings.flat());
  }

  remove(): void {
    this.#context.run(removalScript('inet', this.#table));
    if (this.#context.hasTable('bridge', this.#table)) this.#context.run(removalScript('bridge', this.#table));
  }

  [Symbol.dispose](): void {
    this.#context[Symbol.dispose]();
  }

  get #families(): readonly Family[] {
    return this.#judgesFrames ? ['inet', 'bridge'] : ['inet'];
  }

  /** Answers whether the kernel took the rules: one without nftables for bridges has isolated ports instead. */
  #installFrames(): boolean {
    try {
      this.#context.run(rulesetScript('bridge', this.#table));
      return true;
    } catch (error) {
      if (error instanceof SysError) return false;
      throw error;
    }
  }

  async #applyPart(change: FirewallChange): Promise<void> {
    try {
      await this.#context.runAsync(changeScript(this.#table, change));
    } catch {
      this.#context.run(changeScript(this.#table, this.#corrected(change)));
    }
  }

  /** Somebody has flushed the rules a moment ago: who watches for that brings all else back. */
  #isRemoved(): boolean {
    return !this.#families.every((family) => this.#context.hasTable(family, this.#table));
  }

  #isComplete(family: Family): boolean {
    if (!this.#context.hasTable(family, this.#table)) return false;
    const listing = this.#context.json(`list table ${family} ${this.#table}`);
    const wanted = rulesByChain(family, this.#mark);
    const found = ruleCountsIn(listing);
    const sameRules = wanted.size === found.size && [...wanted].every(([chain, count]) => found.get(chain) === count);
    return sameRules && setNamesIn(listing).has(versionMark(family, this.#mark));
  }

  /**
   * What to do instead, when the kernel refused: it holds another value for a key (somebody edited our table), and
   * neither adding nor removing ours can succeed. Or it has no such table, as somebody has just flushed the rules: then
   * they are put back, without the elements of others, which follow. The only path that lists.
   */
  #corrected({ add = [], remove = [] }: FirewallChange): FirewallChange {
    if (this.#isRemoved()) this.install();
    const present = new Map(this.list().map((element) => [keyOf(element), element]));
    const leaving = new Map<string, NftElement>();
    for (const wanted of [...remove, ...add]) {
      const found = present.get(keyOf(wanted));
      if (found !== undefined) leaving.set(keyOf(wanted), found);
    }
    return { remove: [...leaving.values()], add };
  }
}

/** Elements of one transaction: at 6 to 13 µs each it holds the event loop for less than 5 ms. */
const partSize = 250;

function* parts(elements: readonly NftElement[]): Iterable<readonly NftElement[]> {
  for (let at = 0; at < elements.length; at += partSize) yield elements.slice(at, at + partSize);
}

const keyOf = ({ set, key }: NftElement): string => `${set} ${key}`;
