/** How long a server that failed, or let us wait, is asked after the others. */
const restMs = 10_000;
/** In a row, before it is. A single datagram may be lost anywhere, and the order of servers has a meaning to its user. */
const failuresAllowed = 1;

type State = { readonly failures: number; readonly restsUntil: number };

/** Which servers of a place are well. One that is down costs a few queries a wait, and not each. */
export class Health {
  readonly #now: () => number;
  readonly #states = new Map<string, State>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** In the order in which they are to be asked: as given, the unwell last. */
  order(servers: readonly string[]): readonly string[] {
    if (this.#states.size === 0) return servers;
    const now = this.#now();
    const rests = (server: string): boolean => (this.#states.get(server)?.restsUntil ?? 0) > now;
    return [...servers.filter((server) => !rests(server)), ...servers.filter(rests)];
  }

  well(server: string): void {
    this.#states.delete(server);
  }

  unwell(server: string): void {
    const failures = (this.#states.get(server)?.failures ?? 0) + 1;
    this.#states.set(server, { failures, restsUntil: failures > failuresAllowed ? this.#now() + restMs : 0 });
  }
}
