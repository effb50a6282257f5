import { parseIp, toBytes } from '../../base/index.ts';
import { nameBytes, reverseName } from './message/name.ts';
import { Type } from './message/query.ts';
import type { Answer } from './message/reply.ts';
import type { Zone } from './types.ts';

/** All that one name stands for, by family, ready to be sent. */
export type Addresses = { readonly v4: readonly Answer[]; readonly v6: readonly Answer[] };

/** A zone as it is searched. Built at the first lookup: while many containers start, nobody asks yet. */
class Index {
  readonly networkName: string;
  readonly #zone: Zone;
  #built: ReturnType<typeof emptyIndex> | undefined;

  constructor(zone: Zone) {
    this.networkName = zone.name.toLowerCase();
    this.#zone = zone;
  }

  byName(name: string): Addresses | undefined {
    return this.#index().byName.get(name);
  }

  byAddress(reverse: string): Answer | undefined {
    return this.#index().byAddress.get(reverse);
  }

  #index(): ReturnType<typeof emptyIndex> {
    this.#built ??= build(this.#zone);
    return this.#built;
  }
}

function build({ name: network, records }: Zone): ReturnType<typeof emptyIndex> {
  const index = emptyIndex();
  for (const { names, addresses } of records) {
    const answers = addresses.map(toAnswer);
    for (const name of new Set(names.map((n) => n.toLowerCase()))) addTo(index.byName, name, answers);
    const [first] = names;
    if (first === undefined) continue;
    const pointer = { type: Type.PTR, data: nameBytes(`${first}.${network}`) };
    for (const { data } of answers) index.byAddress.set(reverseName(data), pointer);
  }
  return index;
}

const emptyIndex = () => ({ byName: new Map<string, Addresses>(), byAddress: new Map<string, Answer>() });

function addTo(map: Map<string, Addresses>, name: string, answers: readonly Answer[]): void {
  const before = map.get(name);
  map.set(name, {
    v4: [...(before?.v4 ?? []), ...answers.filter((a) => a.type === Type.A)],
    v6: [...(before?.v6 ?? []), ...answers.filter((a) => a.type === Type.AAAA)],
  });
}

function toAnswer(address: string): Answer {
  const data = toBytes(parseIp(address));
  return { type: data.length === 4 ? Type.A : Type.AAAA, data };
}

/** The names of all networks. Who may look up what is said with each question: the ids of the asker's networks. */
export class Zones {
  readonly #byNetwork = new Map<string, Index>();

  set(networkId: string, zone: Zone): void {
    this.#byNetwork.set(networkId, new Index(zone));
  }

  delete(networkId: string): void {
    this.#byNetwork.delete(networkId);
  }

  /** One entry per network that knows the name: "web", or "web.front" on the network "front". None: not ours. */
  byName(name: string, networks: readonly string[]): readonly Addresses[] {
    const whole = this.#search(networks, (index) => index.byName(name));
    return whole.length > 0 || !name.includes('.') ? whole : this.#qualified(name, networks);
  }

  /** The name behind an address, asked as "2.0.18.172.in-addr.arpa". */
  byAddress(reverse: string, networks: readonly string[]): Answer | undefined {
    return this.#search(networks, (index) => index.byAddress(reverse))[0];
  }

  /** Names and networks may both have dots: the longest name is tried first. */
  #qualified(name: string, networks: readonly string[]): readonly Addresses[] {
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
