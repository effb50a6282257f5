import { Forwarder } from './forward/forwarder.ts';
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
  readonly #sandboxes = new Map<string, SandboxResolver>();

  constructor(options: ResolverOptions) {
    this.#options = options;
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
      return;
    }
    this.#sandboxes.set(id, new SandboxResolver(netnsFd, view, { zones: this.#zones, host: this.#host }));
    this.#options.log.debug(`dns: answering in sandbox ${id}`);
  }

  /** Mends what leads to us in an open sandbox. Answers whether something was missing. */
  repairSandbox(id: string, netnsFd: number): boolean {
    return this.#sandboxes.get(id)?.repair(netnsFd) ?? false;
  }

  /** Stops answering there. Safe to repeat. */
  closeSandbox(id: string): void {
    this.#sandboxes.get(id)?.[Symbol.dispose]();
    this.#sandboxes.delete(id);
  }

  /** What the members of a network may look up from now on: the whole of it. */
  setZone(networkId: string, zone: Zone): void {
    this.#zones.set(networkId, zone);
  }

  /** Safe to repeat. */
  dropZone(networkId: string): void {
    this.#zones.delete(networkId);
  }

  /** Closes every socket. */
  [Symbol.dispose](): void {
    for (const id of [...this.#sandboxes.keys()]) this.closeSandbox(id);
    this.#host[Symbol.dispose]();
  }
}
