import { Forwarder } from './forward/forwarder.ts';
import { KeptSockets } from './listen/kept.ts';
import { UdpService } from './listen/udp.ts';
import { SandboxResolver } from './sandbox.ts';
import type { ResolverOptions, SandboxView, Zone } from './types.ts';
import { Zones } from './zones.ts';

/**
 * The one resolver of the engine: it answers on 127.0.0.11 of every sandbox opened here, from zones in memory, and
 * passes on what no zone of the asker knows.
 */
export class Resolver implements Disposable {
  readonly #options: ResolverOptions;
  readonly #zones = new Zones();
  readonly #host: Forwarder;
  readonly #service: UdpService;
  readonly #sandboxes = new Map<string, SandboxResolver>();

  constructor(options: ResolverOptions) {
    this.#options = options;
    this.#service = new UdpService(options.poller);
    this.#host = new Forwarder({ servers: options.hostResolvers });
  }

  /**
   * Starts answering in the sandbox, whose loopback must be up. `netnsFd` is the caller's, and used only during the
   * call. A sandbox that is open already gets the new view. Throws SysError or AppError.
   */
  openSandbox(id: string, netnsFd: number, view: SandboxView): void {
    const open = this.#sandboxes.get(id);
    if (open !== undefined) {
      open.view = view;
      this.#zones.changed();
      return;
    }
    const { log, store } = this.#options;
    const shared = { zones: this.#zones, host: this.#host, service: this.#service };
    const kept = store === undefined ? undefined : new KeptSockets(id, store);
    this.#sandboxes.set(id, new SandboxResolver(netnsFd, view, { ...shared, kept }));
    log.debug(`dns: answering in sandbox ${id}`);
  }

  /** Mends what leads to us in an open sandbox. Answers whether something was missing. */
  repairSandbox(id: string, netnsFd: number): boolean {
    return this.#sandboxes.get(id)?.repair(netnsFd) ?? false;
  }

  /** Stops answering there for good. Safe to repeat. */
  closeSandbox(id: string): void {
    this.#sandboxes.get(id)?.end();
    this.#sandboxes.delete(id);
  }

  /** What the members of a network may look up from now on: `read` answers the whole of it when somebody asks. */
  setZone(networkId: string, read: () => Zone): void {
    this.#zones.set(networkId, read);
  }

  /** What the views of sandboxes say has changed: which networks they are on, or their own aliases. */
  viewsChanged(): void {
    this.#zones.changed();
  }

  /** Safe to repeat. */
  dropZone(networkId: string): void {
    this.#zones.delete(networkId);
  }

  /** Closes every socket; those that are kept go on hearing. */
  [Symbol.dispose](): void {
    for (const sandbox of this.#sandboxes.values()) sandbox[Symbol.dispose]();
    this.#sandboxes.clear();
    this.#host[Symbol.dispose]();
  }
}
