import { closeSync, openSync } from 'node:fs';
import { embeddedAddress } from './files/resolv-conf.ts';
import { Forwarder } from './forward/forwarder.ts';
import type { Handler } from './listen/handler.ts';
import type { KeptSockets } from './listen/kept.ts';
import { Listener } from './listen/listener.ts';
import { type Ports, redirectPort53, repairRedirect } from './listen/redirect.ts';
import type { UdpService } from './listen/udp.ts';
import { parseQuery, Rcode } from './message/query.ts';
import { writeError } from './message/reply.ts';
import { Responder } from './respond.ts';
import type { SandboxView } from './types.ts';
import type { Zones } from './zones.ts';

type Shared = {
  readonly zones: Zones;
  readonly host: Forwarder;
  readonly service: UdpService;
  readonly kept: KeptSockets | undefined;
};

/** The resolver's end in one sandbox. */
export class SandboxResolver implements Disposable {
  readonly #shared: Shared;
  readonly #responder: Responder;
  readonly #resources: DisposableStack;
  readonly #own: Forwarder | undefined;
  readonly #ports: Ports;

  /** Throws SysError or AppError; then nothing is left open. */
  constructor(netnsFd: number, view: SandboxView, shared: Shared) {
    using undo = new DisposableStack();
    this.#shared = shared;
    this.#responder = new Responder(shared.zones, view);
    this.#own = view.servers?.length ? undo.use(forwarderInside(netnsFd, view.servers, undo)) : undefined;
    const handler: Handler = {
      respond: (bytes, length, transport) => this.#responder.respond(bytes, length, transport),
      forward: (message, transport) => this.#forward(message, transport),
    };
    this.#ports = undo.use(new Listener(netnsFd, handler, shared)).ports;
    redirectPort53(netnsFd, this.#ports);
    this.#resources = undo.move();
  }

  set view(view: SandboxView) {
    this.#responder.view = view;
  }

  /** Makes port 53 lead here again where it does not. Answers whether it had to. */
  repair(netnsFd: number): boolean {
    return repairRedirect(netnsFd, this.#ports);
  }

  async #forward(message: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer> {
    const forwarder = this.#own ?? (this.#responder.view.internalOnly() ? undefined : this.#shared.host);
    return (await forwarder?.forward(message, transport)) ?? failed(message);
  }

  /** The sandbox is no more: nothing is kept of it. */
  end(): void {
    this.#shared.kept?.drop();
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

/** SERVFAIL to a query that was parsed before. */
function failed(message: Buffer): Buffer {
  const query = parseQuery(message);
  const known = query === undefined || 'rcode' in query ? undefined : query;
  return message.subarray(0, writeError(message, Rcode.servFail, known));
}

/** Its own address among the servers would be asked in a circle. */
function forwarderInside(netnsFd: number, servers: readonly string[], undo: DisposableStack): Forwarder {
  const kept = undo.adopt(openSync(`/proc/self/fd/${netnsFd}`, 'r'), closeSync);
  const others = servers.filter((server) => server !== embeddedAddress);
  return new Forwarder({ netnsFd: kept, servers: () => others });
}
