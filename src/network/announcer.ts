import { addTo, type Log, takeFrom } from '../base/index.ts';
import { setLinkMessage } from '../netlink/rt/link-message.ts';
import type { PlannedLink } from './plan/types.ts';
import type { Planner } from './planner.ts';
import { announces } from './reconcile/difference.ts';
import { Namespace } from './reconcile/namespace.ts';
import type { SandboxPins } from './sandbox-pins.ts';

export type AnnouncerOptions = {
  readonly planner: Pick<Planner, 'container'>;
  readonly pins: Pick<SandboxPins, 'open'>;
  readonly log: Log;
};

/**
 * Tells the neighbours of a new endpoint again: the first time is a step of the reconciler, and a switch or a peer may
 * miss it. Nobody waits for it. A timer that finds the sandbox gone, or another in its place, does nothing.
 */
export class Announcer implements Disposable {
  readonly #options: AnnouncerOptions;
  readonly #timers = new Map<string, Set<NodeJS.Timeout>>();

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** After these links of a sandbox came up, as planned. Those of networks with one announcement, or none, are left. */
  repeat(containerId: string, sandboxId: string, links: readonly PlannedLink[]): void {
    for (const link of links.filter(announces)) {
      const { count = 1, intervalMs = 0 } = link.announcements ?? {};
      for (let n = 1; n < count; n++) this.#later(containerId, sandboxId, link.name, n * intervalMs);
    }
  }

  /** Of a sandbox that goes. Safe to repeat. */
  forget(sandboxId: string): void {
    for (const timer of this.#timers.get(sandboxId) ?? []) clearTimeout(timer);
    this.#timers.delete(sandboxId);
  }

  #later(containerId: string, sandboxId: string, name: string, ms: number): void {
    const timer = setTimeout(() => {
      takeFrom(this.#timers, sandboxId, timer);
      this.#announce(containerId, sandboxId, name).catch((error: unknown) => {
        this.#options.log.debug(`network: ${name} of ${containerId} is not announced again: ${error}`);
      });
    }, ms);
    timer.unref();
    addTo(this.#timers, sandboxId, timer);
  }

  async #announce(containerId: string, sandboxId: string, name: string): Promise<void> {
    const { planner, pins } = this.#options;
    const inside = planner.container(containerId).sandboxes.get(sandboxId);
    const link = inside?.links.find((one) => one.name === name);
    if (link?.mac === undefined) return;
    using namespace = new Namespace(pins.open(sandboxId), true);
    await namespace.route.requestAsync(setLinkMessage(name, { mac: link.mac }));
  }

  [Symbol.dispose](): void {
    for (const sandboxId of [...this.#timers.keys()]) this.forget(sandboxId);
  }
}
