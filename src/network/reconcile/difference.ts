import {
  nothingObserved,
  type Observed,
  type ObservedLink,
  type ObservedNamespace,
  type ObservedRoute,
} from '../plan/observed.ts';
import type { LinkKind, NamespacePlan, NftElement, Plan, PlannedAddress, PlannedLink } from '../plan/types.ts';
import { type Change, host, type LinkDifference, type Operation } from './operations.ts';
import { deletionOf, deletionsOf, linksToRemake, refuseStranger, returnOf, without } from './remade.ts';

/**
 * The steps that lead from what there is to what `plan` says. What is not ours is never touched; what is ours and not
 * in the plan goes. Pure. Throws `conflict` when a stranger holds a name that the plan needs.
 */
export function difference(plan: Plan, observed: Observed): Change {
  const broken = linksToRemake(plan, observed);
  const namespaces = [
    new NamespaceDifference(host, plan.host, without(observed.host, broken.get(host))),
    ...Array.from(plan.sandboxes, ([id, wanted]) => {
      const seen = observed.sandboxes.get(id) ?? nothingObserved;
      return new NamespaceDifference(id, wanted, without(seen, broken.get(id)));
    }),
  ];
  const wanted = namespaces.flatMap((namespace) => namespace.wanted());
  return {
    operations: [
      ...namespaces.flatMap((namespace) => namespace.withdrawn()),
      ...deletionsOf(broken, observed),
      ...wanted,
      ...portsToOpen(plan, wanted),
      ...namespaces.flatMap((namespace) => namespace.announced()),
      ...namespaces.flatMap((namespace) => namespace.leftOver()),
    ],
    elements: elementDifference(plan.elements, observed.elements),
  };
}

/** The host's ends of pairs whose other ends come up. */
function portsToOpen({ host: { links } }: Plan, operations: readonly Operation[]): readonly Operation[] {
  const risen = new Set(operations.filter(rises).map(({ where, link }) => `${where} ${link.name}`));
  return links
    .filter(({ kind }) => kind.type === 'veth' && risen.has(`${kind.sandboxId} ${kind.peer.name}`))
    .map((link) => ({ where: host, verb: 'open-port' as const, link }));
}

type Rise = Extract<Operation, { readonly verb: 'change-link' }>;
const rises = (operation: Operation): operation is Rise =>
  operation.verb === 'change-link' && operation.change.up === true;

class NamespaceDifference {
  readonly #where: string;
  readonly #plan: NamespacePlan;
  readonly #seen: ObservedNamespace;
  readonly #newAddresses: readonly PlannedAddress[];

  constructor(where: string, plan: NamespacePlan, seen: ObservedNamespace) {
    this.#where = where;
    // Several networks may stand on one parent, and each names it.
    const links = new Map(plan.links.map((link) => [link.name, link]));
    this.#plan = links.size === plan.links.length ? plan : { ...plan, links: [...links.values()] };
    this.#seen = seen;
    const present = new Set(seen.addresses.map(addressKey));
    this.#newAddresses = plan.addresses.filter((address) => !present.has(addressKey(address)));
  }

  /**
   * What has to go first, since it would be in the way: routes, then addresses of links that stay, as a bridge may that
   * was there before us.
   */
  withdrawn(): readonly Operation[] {
    const where = this.#where;
    const stays = new Set(this.#plan.links.map((link) => link.name));
    const routes = new Set(this.#plan.routes.map(routeKey));
    const addresses = new Set(this.#plan.addresses.map(addressKey));
    return [
      ...this.#seen.routes
        .filter((route) => this.#isOurs(route.link) && !routes.has(routeKey(route)))
        .map((route) => ({ where, verb: 'delete-route' as const, route })),
      ...this.#seen.addresses
        .filter((address) => stays.has(address.link) || this.#seen.links.get(address.link)?.kind === 'bridge')
        .filter((address) => !addresses.has(addressKey(address)))
        .map((address) => ({ where, verb: 'delete-address' as const, address })),
    ];
  }

  wanted(): readonly Operation[] {
    const where = this.#where;
    const routes = new Set(this.#seen.routes.map(routeKey));
    return [
      ...this.#plan.links.flatMap((link) => this.#linkOperations(link)),
      ...this.#plan.sysctls
        .filter(({ key, value }) => this.#seen.sysctls.get(key) !== value)
        .map((sysctl) => ({ where, verb: 'write-sysctl' as const, sysctl })),
      ...this.#newAddresses.map((address) => ({ where, verb: 'add-address' as const, address })),
      ...this.#plan.routes
        .filter((route) => !routes.has(routeKey(route)))
        .map((route) => ({ where, verb: 'add-route' as const, route })),
    ];
  }

  announced(): readonly Operation[] {
    const links = new Set(this.#newAddresses.map(({ link }) => link));
    return this.#plan.links
      .filter((link) => announces(link) && links.has(link.name))
      .map((link) => ({ where: this.#where, verb: 'announce' as const, link }));
  }

  /** Links of ours that no plan wants. The inner end of a pair goes with the outer; what was moved in goes back. */
  leftOver(): readonly Operation[] {
    const planned = new Set(this.#plan.links.map((link) => link.name));
    const where = this.#where;
    return [...this.#seen.links.values()]
      .filter((link) => link.owner !== undefined && !planned.has(link.name))
      .filter((link) => where === host || link.source !== undefined || link.kind !== 'veth')
      .map((link) => returnOf(where, link) ?? deletionOf(where, link));
  }

  #isOurs(link: string): boolean {
    return (
      this.#plan.links.some(({ name, kind }) => name === link && kind.type !== 'foreign') ||
      this.#seen.links.get(link)?.owner !== undefined
    );
  }

  #linkOperations(link: PlannedLink): readonly Operation[] {
    const where = this.#where;
    const seen = this.#seen.links.get(link.name);
    const { type } = link.kind;
    if (seen === undefined) {
      if (type === 'foreign') return [{ where, verb: 'require-link', link }];
      const born = type === 'loopback' || type === 'peer';
      return [
        born ? { where, verb: 'change-link', link, change: unmarked(link) } : { where, verb: 'create-link', link },
      ];
    }
    if (isUsedAsItIs(link, seen)) return [];
    // Refused by the kernel, which is told as this one link's failure: the others go on.
    if (isChild(link) && seen.owner === undefined) return [{ where, verb: 'create-link', link }];
    refuseStranger(link, seen);
    const change = linkDifference(link, seen);
    return Object.keys(change).length === 0 ? [] : [{ where, verb: 'change-link', link, change }];
  }
}

/** Has a hardware address that others may remember for another's. */
const isNeighbour = ({ type }: LinkKind): boolean => type === 'macvlan' || type === 'moved';

/** Whether it tells its neighbours of its addresses. */
export const announces = ({ kind, mac, announcements }: PlannedLink): boolean =>
  announcements?.count !== 0 && (kind.type === 'peer' || (isNeighbour(kind) && mac !== undefined));

/** Stands on a link of the host's, and fails without it, or where the kernel has no such kind. */
export const isChild = ({ kind: { type } }: PlannedLink): boolean =>
  type === 'macvlan' || type === 'ipvlan' || type === 'vlan' || type === 'dummy';

const isUsedAsItIs = ({ kind: { type } }: PlannedLink, { owner }: ObservedLink): boolean =>
  type === 'foreign' || (type === 'vlan' && owner === undefined);

/** What is left to do for a link that comes into being without us, or together with another. */
const unmarked = (link: PlannedLink): LinkDifference =>
  link.kind.type === 'loopback' ? { up: true } : { alias: true, up: true };

function linkDifference(link: PlannedLink, seen: ObservedLink): LinkDifference {
  // A bridge that was there before us stays its maker's: it is used, and never marked as ours.
  const adopted = link.kind.type === 'bridge' && seen.owner === undefined;
  const marked = adopted || link.kind.type === 'loopback' || seen.owner === link.owner;
  return {
    ...(marked ? {} : { alias: true as const }),
    ...(seen.up ? {} : { up: true as const }),
    ...(adopted || link.mac === undefined || link.mac === seen.mac ? {} : { mac: link.mac }),
    ...(adopted || link.mtu === undefined || link.mtu === seen.mtu ? {} : { mtu: link.mtu }),
    ...(link.master === seen.master || link.master === undefined ? {} : { master: link.master }),
    ...portDifference(link, seen),
  };
}

/** Options of a port are lost with its bridge, so they are set again with it. */
function portDifference(link: PlannedLink, seen: ObservedLink): LinkDifference {
  if (link.master === undefined) return {};
  const had: Pick<ObservedLink, 'isolated' | 'hairpin'> = link.master === seen.master ? seen : {};
  const { isolated = false, hairpin = false } = link;
  return {
    ...(isolated === (had.isolated ?? false) ? {} : { isolated }),
    ...(hairpin === (had.hairpin ?? false) ? {} : { hairpin }),
  };
}

function elementDifference(planned: readonly NftElement[], seen: readonly NftElement[]): Change['elements'] {
  const wanted = new Map(planned.map((element) => [elementKey(element), element]));
  const present = new Map(seen.map((element) => [elementKey(element), element]));
  return {
    add: [...wanted.values()].filter(
      (element) => present.get(elementKey(element))?.value !== element.value || !present.has(elementKey(element)),
    ),
    remove: [...present.values()].filter((element) => {
      const want = wanted.get(elementKey(element));
      return want === undefined || want.value !== element.value;
    }),
  };
}

const elementKey = (element: NftElement): string => `${element.set} ${element.key}`;
const addressKey = (address: { readonly link: string; readonly cidr: string }): string =>
  `${address.link} ${address.cidr}`;
const routeKey = ({ link, destination, via = '', source = '' }: ObservedRoute): string =>
  `${link} ${destination} ${via} ${source}`;
