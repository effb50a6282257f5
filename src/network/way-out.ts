import type { Log } from '../base/index.ts';
import { findLink } from '../netlink/rt/link.ts';
import type { KernelChange } from '../netlink/watch.ts';
import type { HostWatch } from './host-watch.ts';
import type { Namespace } from './reconcile/namespace.ts';
import { mainRoutes } from './reconcile/routes.ts';

const RTN_UNICAST = 1; // <linux/rtnetlink.h>

/** The least that IPv6 works with, in bytes (RFC 8200, section 5): no network gets less unless it was told to. */
const leastMtu = 1280;
/** A tunnel comes with several messages: how long they are waited for. */
const settleMs = 300;

/**
 * Where the host leads packets of which it knows nothing better: its default routes, and the halves of the whole by which
 * a VPN takes their place. Networks that were not told an MTU have that of the narrowest of these links, from the moment
 * it is so: what is larger would be lost where routers do not say why.
 */
export class WayOut implements Disposable {
  readonly #host: Namespace;
  readonly #listening: Disposable;
  #links: ReadonlySet<number> = new Set();
  #mtu: number | undefined;
  #changed: (() => Promise<unknown>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #log: Log;

  constructor(host: Namespace, watch: HostWatch, log: Log) {
    this.#host = host;
    this.#log = log;
    this.#listening = watch.listen({
      onChange: (change) => {
        if (this.#concerns(change)) this.#soon();
      },
      onLost: () => this.#soon(),
    });
    this.#look();
  }

  /** Bytes. Undefined until there was a way out; without one, what it was last. */
  get mtu(): number | undefined {
    return this.#mtu;
  }

  /** Calls this whenever the MTU has become another, also before this was called. One listener. */
  follow(changed: () => Promise<unknown>): void {
    this.#changed = changed;
    this.#soon();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#changed = undefined;
    this.#listening[Symbol.dispose]();
  }

  /** Containers' links come and go all the time: they are not looked at. */
  #concerns(change: KernelChange): boolean {
    if (change.kind === 'link') return this.#links.has(change.index);
    return change.kind === 'route' && change.route.destination.prefix <= 1;
  }

  /** While nobody follows, it stays what plans were made with. */
  #soon(): void {
    if (this.#changed === undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const before = this.#mtu;
      this.#look();
      if (this.#mtu === before) return;
      this.#log.info(
        `network: the way out carries ${this.#mtu} bytes now (it was ${before ?? 'not there'}): networks follow`,
      );
      this.#changed?.().catch((error: unknown) => this.#log.warn(`network: following the way out: ${error}`));
    }, settleMs).unref();
  }

  #look(): void {
    const routes = ([4, 6] as const)
      .flatMap((family) => mainRoutes(this.#host.route, { family }))
      .filter(({ destination, type }) => type === RTN_UNICAST && destination.prefix <= 1);
    this.#links = new Set(routes.flatMap(({ linkIndex }) => linkIndex ?? []));
    const sizes = [...this.#links].flatMap((index) => findLink(this.#host.route, index)?.mtuBytes ?? []);
    if (sizes.length > 0) this.#mtu = Math.max(leastMtu, Math.min(...sizes));
  }
}
