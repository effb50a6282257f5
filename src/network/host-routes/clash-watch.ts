import type { Cidr, Log } from '../../base/index.ts';
import { findLink } from '../../netlink/rt/link.ts';
import type { Route } from '../../netlink/rt/route.ts';
import type { NetworkRecord } from '../../store/records.ts';
import type { Planner } from '../planner.ts';
import type { Namespace } from '../reconcile/namespace.ts';
import type { Records } from '../records.ts';
import type { NetworkEvent } from '../types.ts';
import { type Clash, isClash, reachedBy, tell } from './clash.ts';
import type { HostRoutes } from './host-routes.ts';

const RTPROT_KERNEL = 2; // <linux/rtnetlink.h>

type Deps = {
  readonly host: Namespace;
  readonly routes: HostRoutes;
  readonly records: Records;
  readonly planner: Planner;
  readonly log: Log;
  readonly event: (event: NetworkEvent) => void;
};

/**
 * Notices when a route of the host's (a VPN's, mostly) and a network lead to the same addresses, and when that is over.
 * A change costs what it touches: the networks on the route's addresses, the routes to the network's.
 */
export class ClashWatch {
  readonly #deps: Deps;
  readonly #clashes = new Map<Route, Map<string, Clash>>();

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.routes.listen({ added: (route) => this.#added(route), removed: (route) => this.#removed(route) });
  }

  /** All networks as they are now: at the start. */
  start(): void {
    for (const network of this.#deps.records.networks()) this.#look(network);
  }

  /** One sentence for each that there is now. */
  warnings(): readonly string[] {
    return [...this.#clashes.values()].flatMap((ofRoute) => [...ofRoute.values()].map(tell));
  }

  /** A network that was made. */
  made(network: NetworkRecord): void {
    this.#look(network);
  }

  /** A network that is gone: nothing is in its way any more, and nobody has to be told. */
  gone(networkId: string): void {
    for (const [route, ofRoute] of this.#clashes) {
      ofRoute.delete(networkId);
      if (ofRoute.size === 0) this.#clashes.delete(route);
    }
  }

  #look(network: NetworkRecord): void {
    for (const subnet of this.#subnets(network)) {
      for (const route of this.#deps.routes.now().overlapping(subnet)) this.#judge(network, subnet, route);
    }
  }

  #added(route: Route): void {
    for (const network of this.#deps.records.networksOn(route.destination)) {
      for (const subnet of this.#subnets(network)) this.#judge(network, subnet, route);
    }
  }

  #removed(route: Route): void {
    const ofRoute = this.#clashes.get(route);
    this.#clashes.delete(route);
    for (const clash of ofRoute?.values() ?? []) {
      this.#deps.log.info(`network ${clash.network.name}: the route ${clash.routeText} is gone, nothing is in its way`);
      this.#tell(clash, 'clash_end');
    }
  }

  #judge(network: NetworkRecord, subnet: Cidr, route: Route): void {
    if (
      !isClash(route, subnet) ||
      this.#isByOwnAddress(network, route) ||
      this.#clashes.get(route)?.has(network.id) === true
    )
      return;
    const link = route.linkIndex === undefined ? undefined : this.#nameOf(route.linkIndex);
    if (link !== undefined && this.#isOwn(network, link)) return;
    const clash: Clash = { network, subnet, route, routeText: textOf(route, link) };
    const ofRoute = this.#clashes.get(route) ?? new Map<string, Clash>();
    this.#clashes.set(route, ofRoute.set(network.id, clash));
    this.#deps.log.warn(tell(clash));
    this.#tell(clash, 'clash');
  }

  #tell({ network, subnet, routeText }: Clash, action: NetworkEvent['action']): void {
    this.#deps.event({ action, network, attributes: { subnet: `${subnet}`, route: routeText } });
  }

  #subnets(network: NetworkRecord): readonly Cidr[] {
    return reachedBy(this.#deps.planner.network(network));
  }

  /** As the kernel makes one for each address of a link: known without asking for the link. */
  #isByOwnAddress(network: NetworkRecord, { preferredSource, protocol }: Route): boolean {
    return protocol === RTPROT_KERNEL && network.ipam.pools.some(({ gateway }) => gateway === preferredSource);
  }

  #isOwn(network: NetworkRecord, link: string): boolean {
    return this.#deps.planner.network(network).host.links.some(({ name }) => name === link);
  }

  #nameOf(index: number): string | undefined {
    return findLink(this.#deps.host.route, index)?.name;
  }
}

const textOf = ({ destination, gateway }: Route, link: string | undefined): string =>
  [
    `${destination}`,
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(link === undefined ? [] : ['dev', link]),
  ].join(' ');
