import { listAddresses } from '../../netlink/rt/address.ts';
import { type Link, listLinks } from '../../netlink/rt/link.ts';
import { modeOf } from '../../netlink/rt/link-child.ts';
import { type Route, RTPROT_PORTOLAN } from '../../netlink/rt/route.ts';
import type { ObservedLink, ObservedNamespace, ObservedRoute } from '../plan/observed.ts';
import type { NamespacePlan } from '../plan/types.ts';
import type { Mark } from './mark.ts';
import type { Namespace } from './namespace.ts';
import { mainRoutes } from './routes.ts';

/**
 * What a namespace has of `plan`, and what it has of ours beside. An address carries no mark, so one that the plan does
 * not name is somebody else's and not listed.
 */
export function observe(namespace: Namespace, plan: NamespacePlan, mark: Mark): ObservedNamespace {
  const links = listLinks(namespace.route);
  const names = new Map(links.map((link) => [link.index, link.name]));
  const planned = new Set(plan.links.map((link) => link.name));
  const wanted = new Set(plan.addresses.map(({ link, cidr }) => `${link} ${cidr}`));
  return {
    links: new Map(
      links
        .map((link) => observedLink(link, names, mark))
        .filter((link) => planned.has(link.name) || link.owner !== undefined)
        .map((link) => [link.name, link]),
    ),
    addresses: listAddresses(namespace.route)
      .map(({ linkIndex, cidr }) => ({ link: names.get(linkIndex) ?? '', cidr: cidr.toString() }))
      .filter(({ link, cidr }) => wanted.has(`${link} ${cidr}`)),
    routes: ([4, 6] as const).flatMap((family) =>
      mainRoutes(namespace.route, { family, protocol: RTPROT_PORTOLAN }).map((route) => observedRoute(route, names)),
    ),
    sysctls: sysctlsOf(namespace, plan),
  };
}

function observedLink(link: Link, names: ReadonlyMap<number, string>, mark: Mark): ObservedLink {
  const master = link.masterIndex === undefined ? undefined : names.get(link.masterIndex);
  const source = mark.sourceOf(link);
  return {
    name: link.name,
    kind: link.kind,
    owner: mark.ownerOf(link),
    up: link.up,
    mac: link.mac,
    mtu: link.mtuBytes,
    ...(master === undefined ? {} : { master }),
    isolated: link.bridgePort?.isolated ?? false,
    hairpin: link.bridgePort?.hairpin ?? false,
    index: link.index,
    ...(source === undefined ? {} : { source }),
    ...(modeOf(link) === '' ? {} : { mode: modeOf(link) }),
    ...(link.peerIndex === undefined ? {} : { peerIndex: link.peerIndex }),
  };
}

const observedRoute = (route: Route, names: ReadonlyMap<number, string>): ObservedRoute => ({
  link: names.get(route.linkIndex ?? 0) ?? '',
  destination: route.destination.toString(),
  ...(route.gateway === undefined ? {} : { via: route.gateway }),
  ...(route.preferredSource === undefined ? {} : { source: route.preferredSource }),
});

function sysctlsOf(namespace: Namespace, plan: NamespacePlan): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { key } of plan.sysctls) {
    const value = namespace.readSysctl(key);
    if (value !== undefined) values.set(key, value);
  }
  return values;
}
