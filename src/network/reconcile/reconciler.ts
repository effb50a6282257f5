import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, type Log, messageOf, SysError } from '../../base/index.ts';
import type { FirewallTable } from '../firewall/index.ts';
import { expectedOf } from '../plan/expected.ts';
import type { Observed } from '../plan/observed.ts';
import type { NamespacePlan, Plan, PlannedLink } from '../plan/types.ts';
import { Applier } from './apply.ts';
import { difference } from './difference.ts';
import type { Mark } from './mark.ts';
import { Namespace } from './namespace.ts';
import { observe } from './observe.ts';
import { type Change, host, isEmpty, type Operation } from './operations.ts';
import { LinkRefusal } from './refusals.ts';
import { Turns } from './turns.ts';

export type ReconcilerOptions = {
  /** The namespace that is the host's. Closed by who made it. */
  readonly host: Namespace;
  readonly firewall: FirewallTable;
  readonly mark: Mark;
  readonly log: Log;
  /** Opens a sandbox's namespace; the descriptor is closed here. */
  readonly openSandbox: (id: string) => number;
};

/** Above this, elements go to the kernel from the thread pool: 20 elements take about a millisecond. */
const elementsAtOnce = 40;
/** A pass can uncover more (a link that was in the way), or meet one that is just going. */
const passes = 3;
/** How long a container that starts waits for what the kernel is still taking apart, and how often it looks. */
const leavingMs = 2000;
const leavingEveryMs = 50;

/** The one place that changes the kernel: it makes it agree with plans. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #turns = new Turns();
  /** The host's namespace. */
  readonly host: Namespace;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.host = options.host;
  }

  /**
   * From one plan to another, trusting that the kernel agrees with the first: nothing is listed, the work depends on
   * the difference only. Refused by the kernel, it looks at what the plans name and mends that.
   */
  change(before: Plan, after: Plan): Promise<void> {
    return this.#turns.shared(() => this.#change(before, after));
  }

  async #change(before: Plan, after: Plan): Promise<void> {
    const change = difference(after, expectedOf(before));
    try {
      await this.#carryOut(change);
    } catch (error) {
      const busy = isBusy(after, error);
      if (!busy && !isStale(error)) throw error;
      if (!busy) this.#options.log.warn(`network: the kernel is not as it was left, mending: ${messageOf(error)}`);
      await this.#mendInTime(after, change.elements, error);
    }
  }

  /** Again and again while what is in the way may be just going. */
  async #mendInTime(plan: Plan, elements: Change['elements'], reason: unknown): Promise<void> {
    const deadline = performance.now() + leavingMs;
    for (let why = reason; ; ) {
      if (isBusy(plan, why)) await sleep(leavingEveryMs);
      try {
        return await this.#mend(plan, elements, why);
      } catch (error) {
        if (!isBusy(plan, error) || performance.now() > deadline) throw error;
        why = error;
      }
    }
  }

  /**
   * Makes the kernel agree with the plan of everything, and answers what it did. A link whose parent is missing is told
   * of and left out.
   */
  reconcile(plan: () => Plan): Promise<readonly Change[]> {
    return this.#turns.alone(() => this.#reconcile(plan));
  }

  async #reconcile(plan: () => Plan): Promise<readonly Change[]> {
    const done: Change[] = [];
    const lost = new Set<string>();
    for (let pass = 0; pass < passes; pass++) {
      using namespaces = this.#namespaces();
      const wanted = plan();
      const change = difference(wanted, { ...this.#look(wanted, namespaces), elements: this.#options.firewall.list() });
      if (isEmpty(change)) break;
      const undone = await this.#carryOutPossible(change, namespaces, lost);
      const operations = change.operations.filter((operation) => !undone.has(operation));
      if (isEmpty({ ...change, operations })) break;
      done.push({ ...change, operations });
    }
    for (const text of lost) this.#options.log.warn(`network: ${text}`);
    return done;
  }

  /** The kernel did not have what we thought: whatever the plan names is looked at and put right, all else left. */
  async #mend(plan: Plan, elements: Change['elements'], reason: unknown): Promise<void> {
    using namespaces = this.#namespaces();
    const seen = this.#look(plan, namespaces);
    const planned = new Set(plan.host.links.map((link) => link.name));
    const links = new Map([...seen.host.links].filter(([name]) => planned.has(name)));
    const named = { ...seen, host: { ...seen.host, links }, elements: [] };
    const found = difference(plan, named);
    // A parent that is missing is told by what is to stand on it.
    const operations = found.operations.filter(({ verb }) => verb !== 'require-link');
    const change = { operations, elements: { ...elements, add: plan.elements } };
    // All is there: a comparison of everything has made it while this change waited for its turn.
    if (change.operations.length === 0 && !hasCode(reason, 'EEXIST')) throw reason;
    await this.#carryOut(change, namespaces);
  }

  #look(plan: Plan, namespaces: Namespaces): Omit<Observed, 'elements'> {
    const seen = (where: string, wanted: NamespacePlan): Observed['host'] =>
      observe(namespaces.open(where), wanted, this.#options.mark);
    return {
      host: seen(host, plan.host),
      sandboxes: new Map(Array.from(plan.sandboxes, ([id, wanted]) => [id, seen(id, wanted)])),
    };
  }

  async #carryOut(change: Change, given?: Namespaces): Promise<void> {
    using own = given === undefined ? this.#namespaces() : undefined;
    const applier = new Applier((given ?? own!).open, this.#options.mark);
    await this.#around(change.elements, () => applier.apply(change.operations));
  }

  /** Answers the operations that were left undone, why in `lost`. */
  #carryOutPossible(change: Change, namespaces: Namespaces, lost: Set<string>): Promise<ReadonlySet<Operation>> {
    const applier = new Applier(namespaces.open, this.#options.mark);
    return this.#around(change.elements, () =>
      applier.applyPossible(change.operations, (link, error) => {
        lost.add(lossOf(link, error));
      }),
    );
  }

  /** Elements first when they only go: nobody is led to what is about to vanish. Else when all they lead to is there. */
  async #around<T>(elements: Change['elements'], apply: () => Promise<T>): Promise<T> {
    const onlyGoing = elements.add.length === 0;
    if (onlyGoing) await this.applyElements(elements);
    const applied = await apply();
    if (!onlyGoing) await this.applyElements(elements);
    return applied;
  }

  /** Elements alone: what a sandbox withdraws whose links go with its namespace. */
  async applyElements(elements: Change['elements']): Promise<void> {
    const count = elements.add.length + elements.remove.length;
    if (count === 0) return;
    if (count > elementsAtOnce) await this.#options.firewall.applyAsync(elements);
    else this.#options.firewall.apply(elements);
  }

  #namespaces(): Namespaces {
    return new Namespaces(this.host, this.#options.openSandbox);
  }
}

const isStale = (error: unknown): boolean =>
  error instanceof SysError || (error instanceof LinkRefusal && error.isStale);

/** A container's link on a parent whose place, hardware address or address somebody has, perhaps only for now. */
const isBusy = ({ sandboxes }: Plan, error: unknown): boolean =>
  sandboxes.size > 0 && ((error instanceof LinkRefusal && error.isForNow) || hasCode(error, 'EADDRINUSE'));

function lossOf({ name, owner, kind }: PlannedLink, error: Error): string {
  if (kind.type === 'foreign') return `${owner} has lost its parent: there is no interface ${name} now`;
  return `link ${name} (${owner}) is left out: ${error.message}`;
}

/** The namespaces of one change: each sandbox's opened once, when first needed. */
class Namespaces implements Disposable {
  readonly #host: Namespace;
  readonly #openSandbox: (id: string) => number;
  readonly #opened = new Map<string, Namespace>();

  constructor(hostNamespace: Namespace, openSandbox: (id: string) => number) {
    this.#host = hostNamespace;
    this.#openSandbox = openSandbox;
  }

  readonly open = (where: string): Namespace => {
    if (where === host) return this.#host;
    let namespace = this.#opened.get(where);
    if (namespace === undefined) {
      namespace = new Namespace(this.#openSandbox(where), true);
      this.#opened.set(where, namespace);
    }
    return namespace;
  };

  [Symbol.dispose](): void {
    for (const namespace of this.#opened.values()) namespace[Symbol.dispose]();
  }
}
