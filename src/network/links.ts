import type { EndpointRecord } from '../store/records.ts';
import type { Link } from './driver.ts';
import { linkTargets } from './link-targets.ts';
import type { Records } from './records.ts';

/**
 * What `--link` opens on a network without ICC: from who links to the exposed ports of whom it names, while both are
 * up. Each pair is in the plan of both ends, so that it comes with the second and goes with the first.
 */
export function linksOf(records: Records, endpoint: EndpointRecord): readonly Link[] {
  const members = records.endpointsIn(endpoint.networkId);
  if (records.sandboxOf(endpoint.containerId) === undefined) return [];
  const targetsOf = (one: EndpointRecord): readonly EndpointRecord[] =>
    one.request.links.flatMap((link) => linkTargets(records, members, one, link));
  const targets = targetsOf(endpoint).flatMap((found) => linkBetween(records, endpoint, found));
  const linkers = members
    .filter((one) => targetsOf(one).some(({ id }) => id === endpoint.id))
    .flatMap((one) => linkBetween(records, one, endpoint));
  return [...targets, ...linkers];
}

/** In each family that both have an address of. */
function linkBetween(records: Records, from: EndpointRecord, to: EndpointRecord): readonly Link[] {
  const ports = records.sandboxOf(to.containerId)?.exposed ?? [];
  if (from.id === to.id || ports.length === 0) return [];
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const source = from.lease?.[family]?.split('/')[0];
    const target = to.lease?.[family]?.split('/')[0];
    return source === undefined || target === undefined ? [] : [{ from: source, to: target, ports }];
  });
}
