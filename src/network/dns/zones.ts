import { parseIp, toBytes } from '../../base/index.ts';
import { nameBytes, reverseName } from './message/name.ts';
import { Type } from './message/query.ts';
import type { Answer } from './message/reply.ts';
import type { Service, Zone } from './types.ts';

/** Where something is served: a name that resolves on its network, and a port. */
export type Served = Service & { readonly target: string };

/** All that one name stands for: addresses by family, ready to be sent, and what is served there. */
export type Found = {
  readonly v4: readonly Answer[];
  readonly v6: readonly Answer[];
  readonly services: readonly Served[];
};

/** A zone as it is searched. Read and built at the first lookup: while many containers start, nobody asks yet. */
class Index {
  readonly #read: () => Zone;
  #built: Built | undefined;

  constructor(read: () => Zone) {
    this.#read = read;
  }

  get networkName(): string {
    return this.#index().networkName;
  }

  byName(name: string): Found | undefined {
    return this.#index().byName.get(name);
  }

  byAddress(reverse: string): Answer | undefined {
    return this.#index().byAddress.get(reverse);
  }

  #index(): Built {
    this.#built ??= build(this.#read());
    return this.#built;
  }
}

type Built = {
  readonly networkName: string;
  readonly byName: Map<string, Found>;
  readonly byAddress: Map<string, Answer>;
};

function build({ name: network, records }: Zone): Built {
  const byName = new Map<string, { v4: Answer[]; v6: Answer[]; services: Served[] }>();
  const byAddress = new Map<string, Answer>();
  for (const { names, addresses, services = [] } of records) {
    const [first] = names;
    if (first === undefined) continue;
    const answers = addresses.map(toAnswer);
    const served = services.map((service) => ({ ...service, target: `${first}.${network}` }));
    for (const name of new Set(names.map((n) => n.toLowerCase()))) {
      const entry = byName.get(name) ?? { v4: [], v6: [], services: [] };
      byName.set(name, entry);
      entry.v4.push(...answers.filter(({ type }) => type === Type.A));
      entry.v6.push(...answers.filter(({ type }) => type === Type.AAAA));
      entry.services.push(...served);
    }
    const pointer = { type: Type.PTR, data: nameBytes(`${first}.${network}`) };
    for (const { data } of answers) byAddress.set(reverseName(data), pointer);
  }
  return { networkName: network.toLowerCase(), byName, byAddress };
}

function toAnswer(address: string): Answer {
  const data = toBytes(parseIp(address));
  return { type: data.length === 4 ? Type.A : Type.AAAA, data };
}

/** The names of all networks. Who may look up what is said with each question: the ids of the asker's networks. */
export class Zones {
  readonly #byNetwork = new Map<string, Index>();
  #generation = 0;

  /** Another number after each change: what was answered before may be wrong. */
  get generation(): number {
    return this.#generation;
  }

  /** `read` is called when the zone is asked for the first time, or never. */
  set(networkId: string, read: () => Zone): void {
    this.#byNetwork.set(networkId, new Index(read));
    this.changed();
  }

  delete(networkId: string): void {
    this.#byNetwork.delete(networkId);
    this.changed();
  }

  /** Who is on which network has changed, or what a sandbox calls others. */
  changed(): void {
    this.#generation++;
  }

  /** One entry per network that knows the name: "web", or "web.front" on the network "front". None: not ours. */
  byName(name: string, networks: readonly string[]): readonly Found[] {
    const whole = this.#search(networks, (index) => index.byName(name));
    return whole.length > 0 || !name.includes('.') ? whole : this.#qualified(name, networks);
  }

  /** The name behind an address, asked as "2.0.18.172.in-addr.arpa". */
  byAddress(reverse: string, networks: readonly string[]): Answer | undefined {
    return this.#search(networks, (index) => index.byAddress(reverse))[0];
  }

  /** Names and networks may both have dots: the longest name is tried first. */
  #qualified(name: string, networks: readonly string[]): readonly Found[] {
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
      const [host, network] = [name.slice(0, dot), name.slice(dot + 1)];
      const found = this.#search(networks, (index) => (index.networkName === network ? index.byName(host) : undefined));
      if (found.length > 0) return found;
    }
    return [];
  }

  #search<T>(networks: readonly string[], find: (index: Index) => T | undefined): T[] {
    const found: T[] = [];
    for (const id of networks) {
      const index = this.#byNetwork.get(id);
      const one = index && find(index);
      if (one !== undefined) found.push(one);
    }
    return found;
  }
}
