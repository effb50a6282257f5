import { closeSync, openSync } from 'node:fs';
import { embeddedAddress } from './files/resolv-conf.ts';
import { Forwarder } from './forward/forwarder.ts';
import { Listener } from './listen/listener.ts';
import { type Ports, redirectPort53, repairRedirect } from './listen/redirect.ts';
import { lookup } from './lookup.ts';
import { parseQuery, type Query, Rcode } from './message/query.ts';
import { buildError, buildReply, replyLimit } from './message/reply.ts';
import type { SandboxView } from './types.ts';
import type { Zones } from './zones.ts';

type Shared = { readonly zones: Zones; readonly host: Forwarder };

/** The resolver's end in one sandbox. */
export class SandboxResolver implements Disposable {
  readonly #shared: Shared;
  readonly #resources: DisposableStack;
  readonly #own: Forwarder | undefined;
  readonly #ports: Ports;
  view: SandboxView;

  /** Throws SysError or AppError; then nothing is left open. */
  constructor(netnsFd: number, view: SandboxView, shared: Shared) {
    using undo = new DisposableStack();
    this.#shared = shared;
    this.view = view;
    this.#own = view.servers?.length ? undo.use(forwarderInside(netnsFd, view.servers, undo)) : undefined;
    const listener = undo.use(new Listener(netnsFd, this.#handle));
    this.#ports = listener.ports;
    redirectPort53(netnsFd, this.#ports);
    this.#resources = undo.move();
  }

  /** Makes port 53 lead here again where it does not. Answers whether it had to. */
  repair(netnsFd: number): boolean {
    return repairRedirect(netnsFd, this.#ports);
  }

  readonly #handle = (message: Buffer, transport: 'udp' | 'tcp', reply: (answer: Buffer) => void): void => {
    const answer = this.#answer(message, transport);
    if (Buffer.isBuffer(answer)) reply(answer);
    else if (answer !== undefined) void this.#forward(message, answer, transport).then(reply);
  };

  /** What is to be sent, or the query itself when others have to be asked, or nothing for noise. */
  #answer(message: Buffer, transport: 'udp' | 'tcp'): Buffer | Query | undefined {
    const query = parseQuery(message);
    if (query === undefined) return undefined;
    if ('rcode' in query) return buildError(message, query.rcode);
    const answers = lookup(this.#shared.zones, this.view, query);
    return answers === undefined ? query : buildReply(message, query, answers, replyLimit(query, transport));
  }

  async #forward(message: Buffer, query: Query, transport: 'udp' | 'tcp'): Promise<Buffer> {
    const forwarder = this.#own ?? (this.view.internalOnly() ? undefined : this.#shared.host);
    const answer = await forwarder?.forward(message, transport);
    return answer ?? buildError(message, Rcode.servFail, query.end);
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

/** Its own address among the servers would be asked in a circle. */
function forwarderInside(netnsFd: number, servers: readonly string[], undo: DisposableStack): Forwarder {
  const kept = undo.adopt(openSync(`/proc/self/fd/${netnsFd}`, 'r'), closeSync);
  const others = servers.filter((server) => server !== embeddedAddress);
  return new Forwarder({ netnsFd: kept, servers: () => others });
}
