import { AppError } from '../../base/index.ts';
import { kindOf } from '../plan/expected.ts';
import { nothingObserved, type Observed, type ObservedLink, type ObservedNamespace } from '../plan/observed.ts';
import type { Plan, PlannedLink } from '../plan/types.ts';
import { host, type Operation } from './operations.ts';

/** Names of links by namespace. */
export type LinkNames = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Links that have to be made again: a pair of which one end is missing or not the other's, and what stands on another
 * parent, or works in another way, than planned.
 */
export function linksToRemake(plan: Plan, observed: Observed): LinkNames {
  const found = new Map<string, Set<string>>();
  const note = (where: string, link: ObservedLink | undefined): void => {
    if (link !== undefined) found.set(where, (found.get(where) ?? new Set()).add(link.name));
  };
  for (const link of plan.host.links) {
    if (link.kind.type !== 'veth') {
      if (isMisplaced(link, observed.host, observed)) note(host, observed.host.links.get(link.name));
      continue;
    }
    const outer = observed.host.links.get(link.name);
    const inner = observed.sandboxes.get(link.kind.sandboxId)?.links.get(link.kind.peer.name);
    if (outer !== undefined && inner !== undefined && arePair(outer, inner)) continue;
    if (outer !== undefined) refuseStranger(link, outer);
    note(host, outer);
    if (inner?.owner !== undefined) note(link.kind.sandboxId, inner);
  }
  for (const [id, { links }] of plan.sandboxes) {
    const seen = observed.sandboxes.get(id) ?? nothingObserved;
    for (const link of links) if (isMisplaced(link, seen, observed)) note(id, seen.links.get(link.name));
  }
  return found;
}

const arePair = (outer: ObservedLink, inner: ObservedLink): boolean =>
  outer.peerIndex === inner.index && inner.peerIndex === outer.index;

/** What was not looked at is as planned. */
function isMisplaced({ name, kind }: PlannedLink, seen: ObservedNamespace, observed: Observed): boolean {
  const link = seen.links.get(name);
  if (link?.owner === undefined) return false;
  if (kind.type === 'dummy') return link.kind !== 'dummy';
  if (kind.type !== 'macvlan' && kind.type !== 'ipvlan' && kind.type !== 'vlan') return false;
  const parent = observed.host.links.get(kind.parent)?.index;
  const elsewhere = parent !== undefined && link.peerIndex !== undefined && parent !== link.peerIndex;
  const mode = kind.type === 'macvlan' ? kind.mode : kind.type === 'vlan' ? `${kind.id}` : `${kind.mode} ${kind.flag}`;
  return link.kind !== kindOf(kind) || elsewhere || (link.mode !== undefined && link.mode !== mode);
}

export function deletionsOf(names: LinkNames, observed: Observed): readonly Operation[] {
  return Array.from(names, ([where, chosen]) => {
    const seen = where === host ? observed.host : (observed.sandboxes.get(where) ?? nothingObserved);
    return [...seen.links.values()].filter((link) => chosen.has(link.name)).map((link) => deletionOf(where, link));
  }).flat();
}

export const deletionOf = (where: string, link: ObservedLink): Operation => ({
  where,
  verb: 'delete-link',
  name: link.name,
  owner: link.owner ?? '',
});

/** Of a link that was moved into a sandbox; undefined for any other. */
export function returnOf(where: string, { name, source, owner }: ObservedLink): Operation | undefined {
  if (where === host || source === undefined || owner === undefined) return undefined;
  return { where, verb: 'return-link', guest: { name, source, owner } };
}

/** A namespace as it is once these links, and with them their addresses and routes, are gone. */
export function without(seen: ObservedNamespace, names: ReadonlySet<string> | undefined): ObservedNamespace {
  if (names === undefined) return seen;
  return {
    links: new Map(Array.from(seen.links).filter(([name]) => !names.has(name))),
    addresses: seen.addresses.filter(({ link }) => !names.has(link)),
    routes: seen.routes.filter(({ link }) => !names.has(link)),
    // "net/ipv6/conf/eth0/disable_ipv6": a link that is made again has the namespace's defaults.
    sysctls: new Map(Array.from(seen.sysctls).filter(([key]) => !names.has(key.split('/')[3] ?? ''))),
  };
}

/** Throws `conflict` when a link that the plan must not take over holds its name. */
export function refuseStranger(link: PlannedLink, seen: ObservedLink): void {
  const { type } = link.kind;
  if (type === 'bridge' && seen.kind !== 'bridge') {
    throw new AppError('conflict', `existing interface ${link.name} is not a bridge`);
  }
  if (type === 'veth' && seen.owner === undefined) {
    throw new AppError('conflict', `interface ${link.name} exists and is not ours: remove or rename it`);
  }
}
