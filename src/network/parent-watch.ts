import type { Log } from '../base/index.ts';
import { findLink } from '../netlink/rt/link.ts';
import type { KernelChange } from '../netlink/watch.ts';
import type { NetworkRecord } from '../store/records.ts';
import type { HostWatch } from './host-watch.ts';
import type { Planner } from './planner.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import type { Records } from './records.ts';
import type { DriverRegistry } from './registry.ts';

type Deps = {
  readonly hostWatch: Pick<HostWatch, 'listen'>;
  readonly records: Pick<Records, 'networks'>;
  readonly drivers: Pick<DriverRegistry, 'get'>;
  readonly planner: Pick<Planner, 'network'>;
  readonly reconciler: { readonly host: Pick<Reconciler['host'], 'route'> };
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
  /** Parents that are not there. */
  readonly #lost = new Set<string>();
  /** Names of our own links that were not there at the last look: what cannot be made is not tried over and over. */
  readonly #absent = new Set<string>();
  /** Names of the links that something became of since the last look; undefined: any, where the kernel could not tell. */
  #heard: Set<string> | undefined = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#listening = deps.hostWatch.listen({
      onChange: (change) => this.#hear(change),
      onLost: () => this.#soon(undefined),
    });
    this.#weigh(this.#standing());
  }

  /** One sentence for each parent that is missing. */
  warnings(): readonly string[] {
    return [...this.#lost].flatMap((parent) => this.#tell(parent));
  }

  /** What is new matters only while something is missing; and a link is read, for its name, only if it can matter. */
  #hear(change: KernelChange): void {
    if (change.kind !== 'link' || !(change.gone || this.#lost.size > 0)) return;
    const { records } = this.#deps;
    const someStand = (): boolean => records.networks().some((one) => this.#parentOf(one) !== undefined);
    if (this.#heard !== undefined && someStand()) this.#soon(change.read().name);
  }

  #soon(name: string | undefined): void {
    if (name === undefined) this.#heard = undefined;
    else this.#heard?.add(name);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look().catch((error: unknown) => this.#deps.log.warn(`network: ${error}`));
    }, settleMs).unref();
  }

  async #look(): Promise<void> {
    const heard = this.#heard;
    this.#heard = new Set();
    const touched = this.#standing().filter(
      (one) => heard === undefined || namesOf(one).some((name) => heard.has(name)),
    );
    if (touched.length === 0) return;
    const { lost, returned, deleted } = this.#weigh(touched);
    for (const parent of lost) for (const line of this.#tell(parent)) this.#deps.log.warn(line);
    if (returned.length === 0 && deleted.length === 0) return;
    if (returned.length > 0) {
      this.#deps.log.info(`network: ${returned.join(', ')} is there again: its networks are put back`);
    }
    if (deleted.length > 0) this.#deps.log.warn(`network: ${deleted.join(', ')} was deleted, and is made again`);
    await this.#deps.repair();
    this.#weigh(touched);
  }

  /** Looks at what these stand on, and have beside their containers' links; answers what has changed since. */
  #weigh(standing: readonly Standing[]): Weighed {
    const links = this.#deps.reconciler.host.route;
    const weighed: Weighed = { lost: [], returned: [], deleted: [] };
    for (const parent of new Set(standing.map((one) => one.parent))) {
      const link = findLink(links, parent);
      // One that goes down loses nothing by it; one that comes back carries a VLAN link only once it is up.
      const isThere = link !== undefined && (link.up || !this.#lost.has(parent));
      if (isThere && this.#lost.delete(parent)) weighed.returned.push(parent);
      if (isThere || this.#lost.has(parent)) continue;
      this.#lost.add(parent);
      weighed.lost.push(parent);
    }
    for (const name of new Set(standing.flatMap(({ parent, own }) => (this.#lost.has(parent) ? [] : own)))) {
      const isThere = findLink(links, name) !== undefined;
      if (isThere) this.#absent.delete(name);
      if (isThere || this.#absent.has(name)) continue;
      this.#absent.add(name);
      weighed.deleted.push(name);
    }
    return weighed;
  }

  #parentOf(network: NetworkRecord): string | undefined {
    return network.unfinished === true ? undefined : this.#deps.drivers.get(network.driver).parent?.(network);
  }

  #standing(): readonly Standing[] {
    const { records, planner } = this.#deps;
    return records.networks().flatMap((network) => {
      const parent = this.#parentOf(network);
      if (parent === undefined) return [];
      const { links } = planner.network(network).host;
      return [{ network, parent, own: links.filter(({ kind }) => kind.type !== 'foreign').map(({ name }) => name) }];
    });
  }

  /** Nothing where no network stands on it any more. */
  #tell(parent: string): readonly string[] {
    const names = this.#standing()
      .filter((one) => one.parent === parent)
      .map(({ network }) => network.name);
    if (names.length === 0) return [];
    const text = `there is no interface ${parent} now, and its containers are cut off until it is back`;
    return [`network ${names.join(', ')} has lost its parent: ${text}`];
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#listening[Symbol.dispose]();
  }
}

/** A network on a parent of the host's. */
type Standing = {
  readonly network: NetworkRecord;
  readonly parent: string;
  /** Links that it has in the host beside its containers'. */
  readonly own: readonly string[];
};

type Weighed = { readonly lost: string[]; readonly returned: string[]; readonly deleted: string[] };

const namesOf = ({ parent, own }: Standing): readonly string[] => [parent, ...own];
