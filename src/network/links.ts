import type { EndpointRecord, SandboxRecord } from '../store/records.ts';
import type { Link } from './driver.ts';
import type { Records } from './records.ts';

/**
 * What `--link` opens on a network without ICC: from who links to the exposed ports of whom it names, while both are
 * up. Each pair is in the plan of both ends, so that it comes with the second and goes with the first.
 */
export function linksOf(records: Records, endpoint: EndpointRecord): readonly Link[] {
  const members = records.endpointsIn(endpoint.networkId);
  const own = records.sandboxOf(endpoint.containerId);
  if (own === undefined) return [];
  const targets = endpoint.request.links.flatMap((link) => {
    const found = members.find((one) => isTarget(link, one, records.sandboxOf(one.containerId)));
    return found === undefined ? [] : linkBetween(records, endpoint, found);
  });
  const linkers = members
    .filter(({ request }) => request.links.some((link) => isTarget(link, endpoint, own)))
    .flatMap((one) => linkBetween(records, one, endpoint));
  return [...targets, ...linkers];
}

/** By the name of now, or by id, as the engine keeps links of the default network. */
function isTarget(link: string, { containerId }: EndpointRecord, sandbox: SandboxRecord | undefined): boolean {
  const [target = ''] = link.replace(/^\//, '').split(':');
  return target !== '' && sandbox !== undefined && (sandbox.containerName === target || containerId.startsWith(target));
}

function linkBetween(records: Records, from: EndpointRecord, to: EndpointRecord): readonly Link[] {
  const source = from.lease?.ipv4?.split('/')[0];
  const target = to.lease?.ipv4?.split('/')[0];
  const ports = records.sandboxOf(to.containerId)?.exposed ?? [];
  if (source === undefined || target === undefined || from.id === to.id || ports.length === 0) return [];
  return [{ from: source, to: target, ports }];
}
