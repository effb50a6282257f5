import type { Log } from '../base/index.ts';
import { findLink } from '../netlink/rt/link.ts';
import type { HostWatch } from './host-watch.ts';
import type { Planner } from './planner.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import type { Records } from './records.ts';
import type { DriverRegistry } from './registry.ts';

type Deps = {
  readonly hostWatch: HostWatch;
  readonly records: Records;
  readonly drivers: DriverRegistry;
  readonly planner: Planner;
  readonly reconciler: Reconciler;
  readonly log: Log;
  /** Makes the kernel agree with everything again. */
  readonly repair: () => Promise<unknown>;
};

/** An interface comes with several messages, as when it is renamed at once: how long they are waited for. */
const settleMs = 300;

/**
 * Networks on a parent lose their containers' links with it (a USB adapter pulled out, a driver loaded anew). This notices,
 * tells, and puts them back when the parent is there again. What the engine has made on it in the host (a VLAN link, the
 * host's own) and somebody deletes is made again. Where no network has a parent, it costs a look at nothing.
 */
export class ParentWatch implements Disposable {
  readonly #deps: Deps;
  readonly #listening: Disposable;
  /** Names of the networks, by the parent that they have lost. */
  #lost: ReadonlyMap<string, readonly string[]> = new Map();
  /** Names of our own links that were not there at the last look: what cannot be made is not tried over and over. */
  #absent: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#listening = deps.hostWatch.listen({
      // What is new matters only while something is missing.
      onChange: ({ kind, gone }) => {
        if (kind === 'link' && (gone || this.#lost.size > 0)) this.#soon();
      },
      onLost: () => this.#soon(),
    });
    this.#lost = this.#missing();
    this.#absent = this.#missingOfOurs();
  }

  /** One sentence for each parent that is missing. */
  warnings(): readonly string[] {
    return Array.from(this.#lost, ([parent, networks]) => tell(parent, networks));
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look().catch((error: unknown) => this.#deps.log.warn(`network: ${error}`));
    }, settleMs).unref();
  }

  async #look(): Promise<void> {
    const before = this.#lost;
    this.#lost = this.#missing();
    for (const [parent, networks] of this.#lost) {
      if (!before.has(parent)) this.#deps.log.warn(tell(parent, networks));
    }
    const returned = [...before.keys()].filter((parent) => !this.#lost.has(parent));
    const deleted = [...this.#missingOfOurs()].filter((name) => !this.#absent.has(name));
    if (returned.length === 0 && deleted.length === 0) return;
    if (returned.length > 0) {
      this.#deps.log.info(`network: ${returned.join(', ')} is there again: its networks are put back`);
    }
    if (deleted.length > 0) this.#deps.log.warn(`network: ${deleted.join(', ')} was deleted, and is made again`);
    await this.#deps.repair();
    this.#absent = this.#missingOfOurs();
  }

  /** Links that networks have in the host beside their containers', as far as what they stand on is there. */
  #missingOfOurs(): ReadonlySet<string> {
    const { records, drivers, planner, reconciler } = this.#deps;
    const standing = records.networks().filter((one) => {
      const parent = one.unfinished === true ? undefined : drivers.get(one.driver).parent?.(one);
      return parent !== undefined && !this.#lost.has(parent);
    });
    const planned = standing
      .flatMap((one) => planner.network(one).host.links)
      .filter(({ kind }) => kind.type !== 'foreign');
    return new Set(
      planned.map(({ name }) => name).filter((name) => findLink(reconciler.host.route, name) === undefined),
    );
  }

  #missing(): ReadonlyMap<string, readonly string[]> {
    const { records, drivers, reconciler } = this.#deps;
    const networks = Map.groupBy(records.networks(), (one) => drivers.get(one.driver).parent?.(one));
    const lost = new Map<string, readonly string[]>();
    for (const [parent, standing] of networks) {
      const link = parent === undefined ? undefined : findLink(reconciler.host.route, parent);
      // One that goes down loses nothing by it; one that comes back carries a VLAN link only once it is up.
      const isThere = link !== undefined && (link.up || !this.#lost.has(link.name));
      if (parent === undefined || isThere) continue;
      const names = standing.map(({ name }) => name);
      lost.set(parent, names);
    }
    return lost;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#listening[Symbol.dispose]();
  }
}

const tell = (parent: string, networks: readonly string[]): string =>
  `network ${networks.join(', ')} has lost its parent: there is no interface ${parent} now, and its containers are cut off until it is back`;
