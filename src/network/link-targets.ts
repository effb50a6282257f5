import type { EndpointRecord } from '../store/records.ts';
import type { Records } from './records.ts';

/** Of "target:alias"; without alias the target's own name. */
export function linkOf(link: string): { readonly alias: string; readonly target: string } {
  const [target = '', alias = target] = link.replace(/^\//, '').split(':');
  return { alias, target };
}

/**
 * The endpoints among `members` that a link of `from` leads to: of who has the name, or an id that begins so, and then of
 * who had the name before a rename. Only of those that are up.
 */
export function linkTargets(
  records: Records,
  members: readonly EndpointRecord[],
  { linked }: EndpointRecord,
  link: string,
): readonly EndpointRecord[] {
  const { target } = linkOf(link);
  if (target === '') return [];
  const named: EndpointRecord[] = [];
  const renamed: EndpointRecord[] = [];
  for (const member of members) {
    const { containerId } = member;
    const sandbox = records.sandboxOf(containerId);
    if (sandbox === undefined) continue;
    if (sandbox.containerName === target || containerId.startsWith(target)) named.push(member);
    else if (linked?.[target] === containerId) renamed.push(member);
  }
  return [...named, ...renamed];
}

/**
 * A container is about to be called otherwise than `before`: who links to it by that name, on a network of both, goes on
 * finding it. A container that takes the name comes first from then on, as it does in Docker. Writes, within a
 * transaction.
 */
export function keepLinks(records: Records, containerId: string, before: string): void {
  for (const { networkId } of records.endpointsOf(containerId)) {
    for (const endpoint of records.endpointsIn(networkId)) {
      if (!endpoint.request.links.some((link) => linkOf(link).target === before)) continue;
      records.putEndpoint({ ...endpoint, linked: { ...endpoint.linked, [before]: containerId } });
    }
  }
}
