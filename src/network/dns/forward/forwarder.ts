import { Health } from './health.ts';
import { type Attempt, hedge } from './hedge.ts';
import { isUseful, settles } from './match.ts';
import type { Place } from './place.ts';
import { askOverTcp } from './tcp.ts';
import { UdpUpstreams } from './udp.ts';

const maxServers = 3; // MAXNS of <resolv.h>
const gapMs = 200;
const options = { gapMs, deadlineMs: 4000, patienceMs: 1000, settles };

/** Passes queries on to the servers of one place. */
export class Forwarder implements Disposable {
  readonly #place: Place;
  readonly #udp: UdpUpstreams;
  readonly #health = new Health();

  constructor(place: Place) {
    this.#place = place;
    this.#udp = new UdpUpstreams(place);
  }

  /** The answer as the server gave it, with the query's own number; undefined when no server gave one. */
  async forward(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined> {
    const servers = this.#health.order(this.#place.servers().slice(0, maxServers));
    const attempts = servers.map(
      (server): Attempt<Buffer> =>
        (signal) =>
          this.#try(server, query, transport, signal),
    );
    const answer = await hedge(attempts, options);
    query.copy(answer ?? Buffer.alloc(2), 0, 0, 2);
    return answer;
  }

  async #try(
    server: string,
    query: Buffer,
    transport: 'udp' | 'tcp',
    signal: AbortSignal,
  ): Promise<Buffer | undefined> {
    const began = performance.now();
    const answer = await this.#ask(server, query, transport, signal).catch(() => undefined);
    // One that was cut short because another was quicker is slow only if it had its time.
    const failed = answer === undefined && (!signal.aborted || performance.now() - began >= gapMs);
    if (answer !== undefined) this.#health.well(server);
    else if (failed) this.#health.unwell(server);
    return answer !== undefined && isUseful(answer) ? answer : undefined;
  }

  #ask(server: string, query: Buffer, transport: 'udp' | 'tcp', signal: AbortSignal): Promise<Buffer | undefined> {
    return transport === 'udp' ? this.#udp.ask(server, query, signal) : askOverTcp(this.#place, server, query, signal);
  }

  [Symbol.dispose](): void {
    this.#udp[Symbol.dispose]();
  }
}
