import { type KernelChange, RouteWatch } from '../netlink/watch.ts';
import type { Poller } from '../syscall/poller.ts';
import type { Namespace } from './reconcile/namespace.ts';

export type HostListener = {
  readonly onChange: (change: KernelChange) => void;
  /** Something was not told: what is known is stale. */
  readonly onLost: () => void;
};

/**
 * What the host's links, addresses and routes become, for all who want to know. A container that starts makes a dozen
 * messages: they are queued, read and decoded once, however many listen.
 */
export class HostWatch implements Disposable {
  readonly #watch: RouteWatch;
  readonly #listeners = new Set<HostListener>();

  constructor(host: Namespace, poller: Poller) {
    this.#watch = RouteWatch.open(poller, {
      groups: ['link', 'address4', 'route4', 'route6'],
      netnsFd: host.fd,
      onChange: (change) => {
        for (const listener of this.#listeners) listener.onChange(change);
      },
      onLost: () => {
        for (const listener of this.#listeners) listener.onLost();
      },
    });
  }

  /** Until what is answered is disposed of. */
  listen(listener: HostListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells all that has happened until now. */
  drain(): void {
    this.#watch.drain();
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }
}
