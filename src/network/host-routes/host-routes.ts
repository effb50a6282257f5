import { addTo, Cidr, formatIp, takeFrom } from '../../base/index.ts';
import type { Address } from '../../netlink/rt/address.ts';
import { type Route, RT_TABLE_MAIN } from '../../netlink/rt/route.ts';
import type { KernelChange } from '../../netlink/watch.ts';
import type { HostWatch } from '../host-watch.ts';
import { BlockIndex } from '../ipam/index.ts';
import type { Namespace } from '../reconcile/namespace.ts';
import { mainRoutes } from '../reconcile/routes.ts';

export type RouteListener = {
  readonly added: (route: Route) => void;
  readonly removed: (route: Route) => void;
};

/** After the kernel lost count, or may have dropped routes without a word: how long until all are listed anew. */
const relistMs = 200;
const linkLocal = Cidr.parse('fe80::/10');

/**
 * The host's main table in memory, kept by what the kernel tells: nothing is listed when a network is made, however many
 * routes there are. Left out are default routes, halves of the whole (how a VPN takes the default over) and link-local
 * ones.
 */
export class HostRoutes implements Disposable {
  readonly #host: Namespace;
  readonly #watch: HostWatch;
  readonly #listening: Disposable;
  readonly #routes = new Map<string, Route>();
  readonly #byLink = new Map<number, Set<string>>();
  /** By the address that packets of this host get on the route. */
  readonly #preferring = new Map<string, Set<string>>();
  /** What is on the host's own links. As old as the last turn of the loop, or the last `now`. */
  readonly onLink = new BlockIndex<Route>();
  /** What the host reaches through a gateway. */
  readonly beyond = new BlockIndex<Route>();
  #listener: RouteListener | undefined;
  /** Addresses that are gone, and their links: see #checkAddresses. */
  readonly #lostAddresses = new Map<string, number>();
  #relist: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(host: Namespace, watch: HostWatch) {
    this.#host = host;
    this.#watch = watch;
    this.#listening = watch.listen({
      onChange: (change) => this.#take(change),
      onLost: () => this.#relistSoon(),
    });
    this.list();
  }

  /** Told of every change from now on. One listener. */
  listen(listener: RouteListener): void {
    this.#listener = listener;
  }

  /** Brings all of it to this moment. */
  now(): this {
    this.#watch.drain();
    return this;
  }

  overlapping(block: Cidr): readonly Route[] {
    return [this.onLink, this.beyond].flatMap((index) => index.overlapping(block)).map(([, route]) => route);
  }

  /** Reads the whole table, and tells what was different. */
  list(): void {
    clearTimeout(this.#relist);
    this.#relist = undefined;
    const found = new Map<string, Route>();
    for (const family of [4, 6] as const) {
      for (const route of mainRoutes(this.#host.route, { family })) if (counts(route)) found.set(keyOf(route), route);
    }
    for (const key of [...this.#routes.keys()]) if (!found.has(key)) this.#remove(key);
    for (const route of found.values()) this.#add(route);
  }

  #take(change: KernelChange): void {
    if (change.kind === 'route') this.#takeRoute(change);
    else if (change.kind === 'link' && !change.up) this.#takeLink(change.index, change.gone);
    else if (change.kind === 'address' && change.gone) this.#takeAddress(change.address);
  }

  #takeRoute({ gone, replaces, route }: Extract<KernelChange, { kind: 'route' }>): void {
    if (!counts(route)) return;
    if (gone) this.#remove(keyOf(route));
    else {
      if (replaces) for (const key of this.#sameTarget(route)) this.#remove(key);
      this.#add(route);
    }
  }

  /** With a link that goes down its IPv4 routes go unsaid, with one that is removed also those of IPv6. */
  #takeLink(index: number, gone: boolean): void {
    for (const key of gone ? [...(this.#byLink.get(index) ?? [])] : this.#keysOf4(index)) this.#remove(key);
    if (this.#byLink.has(manyLinks)) this.#relistSoon();
  }

  /** Most of them are told of right after: what is left then is looked at. */
  #takeAddress({ cidr, linkIndex }: Address): void {
    if (this.#lostAddresses.size === 0) setImmediate(() => this.#checkAddresses());
    this.#lostAddresses.set(formatIp(cidr.ip), linkIndex);
  }

  /**
   * With an address go the IPv4 routes that prefer it, and with a link's last one all of the link's: the kernel tells of
   * some only.
   */
  #checkAddresses(): void {
    const doubtful = [...this.#lostAddresses].some(
      ([address, link]) => this.#preferring.has(address) || this.#keysOf4(link).length > 0,
    );
    this.#lostAddresses.clear();
    if (doubtful) this.#relistSoon();
  }

  #keysOf4(link: number): readonly string[] {
    return [...(this.#byLink.get(link) ?? [])].filter((key) => this.#routes.get(key)?.destination.family === 4);
  }

  #add(route: Route): void {
    const key = keyOf(route);
    if (this.#routes.has(key)) return;
    this.#routes.set(key, route);
    addTo(this.#byLink, route.linkIndex ?? manyLinks, key);
    addTo(this.#preferring, route.preferredSource ?? '', key);
    this.#indexOf(route).add(route.destination, route);
    this.#listener?.added(route);
  }

  #remove(key: string): void {
    const route = this.#routes.get(key);
    if (route === undefined) return;
    this.#routes.delete(key);
    takeFrom(this.#byLink, route.linkIndex ?? manyLinks, key);
    takeFrom(this.#preferring, route.preferredSource ?? '', key);
    this.#indexOf(route).remove(route.destination, (one) => one === route);
    this.#listener?.removed(route);
  }

  #sameTarget({ destination, metric }: Route): readonly string[] {
    return [this.onLink, this.beyond]
      .flatMap((index) => index.overlapping(destination))
      .filter(([block, route]) => block.prefix === destination.prefix && route.metric === metric)
      .map(([, route]) => keyOf(route));
  }

  #indexOf(route: Route): BlockIndex<Route> {
    return route.gateway === undefined && route.linkIndex !== undefined ? this.onLink : this.beyond;
  }

  #relistSoon(): void {
    if (!this.#closed) this.#relist ??= setTimeout(() => this.list(), relistMs).unref();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#relist);
    this.#listening[Symbol.dispose]();
  }
}

/** A route with several next hops, or with none, names no link. */
const manyLinks = 0;

const counts = ({ table, destination }: Route): boolean =>
  table === RT_TABLE_MAIN && destination.prefix > 1 && !linkLocal.contains(destination);

const keyOf = ({ destination, metric, gateway, linkIndex, type, preferredSource }: Route): string =>
  `${destination} ${metric} ${gateway} ${linkIndex} ${type} ${preferredSource}`;
