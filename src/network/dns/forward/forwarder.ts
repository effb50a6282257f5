import { hedge } from './hedge.ts';
import { isUseful } from './match.ts';
import type { Place } from './place.ts';
import { askOverTcp } from './tcp.ts';
import { UdpUpstreams } from './udp.ts';

const maxServers = 3; // MAXNS of <resolv.h>
const times = { gapMs: 200, deadlineMs: 4000 };

/** Passes queries on to the servers of one place. */
export class Forwarder implements Disposable {
  readonly #place: Place;
  readonly #udp: UdpUpstreams;

  constructor(place: Place) {
    this.#place = place;
    this.#udp = new UdpUpstreams(place);
  }

  /** The answer as the server gave it, with the query's own number; undefined when no server gave one. */
  async forward(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined> {
    const servers = this.#place.servers().slice(0, maxServers);
    const answer = await hedge(
      servers.map((server) => async (signal: AbortSignal) => {
        const got = await this.#ask(server, query, transport, signal);
        return got !== undefined && isUseful(got) ? got : undefined;
      }),
      times,
    );
    query.copy(answer ?? Buffer.alloc(2), 0, 0, 2);
    return answer;
  }

  #ask(server: string, query: Buffer, transport: 'udp' | 'tcp', signal: AbortSignal): Promise<Buffer | undefined> {
    return transport === 'udp' ? this.#udp.ask(server, query, signal) : askOverTcp(this.#place, server, query, signal);
  }

  [Symbol.dispose](): void {
    this.#udp[Symbol.dispose]();
  }
}
