import { Cidr } from '../../base/index.ts';
import type { Route } from '../../netlink/rt/route.ts';
import type { NetworkRecord } from '../../store/records.ts';
import type { Plan } from '../plan/types.ts';

/** A route of the host's that leads to addresses of a network, past it. */
export type Clash = {
  readonly network: NetworkRecord;
  /** The network's block, as the host reaches it. */
  readonly subnet: Cidr;
  readonly route: Route;
  /** "172.16.0.0/12 dev tun0". */
  readonly routeText: string;
};

/** Where the host reaches a network: blocks that its plan has an address in or a route to. None for macvlan and the like. */
export function reachedBy({ host }: Plan): readonly Cidr[] {
  return [...host.addresses.map(({ cidr }) => cidr), ...host.routes.map(({ destination }) => destination)].map(
    (text) => Cidr.parse(text).network,
  );
}

const RTN_UNICAST = 1; // <linux/rtnetlink.h>

/**
 * Whether a route is in a network's way: it leads to some of its addresses by a link that is not the network's own. One
 * that leads nowhere is not: a network's own is more exact, or as exact and first.
 */
export const isClash = (route: Route, subnet: Cidr): boolean =>
  route.type === RTN_UNICAST && route.destination.overlaps(subnet);

/** What is wrong, for whom, and what to do. */
export function tell({ network, subnet, route, routeText }: Clash): string {
  const wider = route.destination.prefix < subnet.prefix;
  const what = wider
    ? `network ${network.name} (${subnet}) hides a part of the route ${routeText}: what is behind that route with one of these addresses is not reached`
    : `the route ${routeText} leads to addresses of network ${network.name} (${subnet}): its containers there may not be reached from this host`;
  return `${what}; remove one of the two, or make the network anew with another --subnet`;
}
