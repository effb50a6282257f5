import type { EndpointRecord, NetworkRecord } from '../../../store/records.ts';
import { type Gateway, type JoinedEndpoint, leads } from '../../driver.ts';
import { emptyNamespace, emptyPlan } from '../../plan/merge.ts';
import type { NamespacePlan, Plan, PlannedRoute } from '../../plan/types.ts';

/** The interface that the plugin made, moved in and set up as it said; nothing before it has. */
export function planRemoteEndpoint(joined: JoinedEndpoint): Plan {
  const { endpoint, lease, sandbox } = joined;
  const { source, routes = [] } = lease.plugin ?? {};
  if (source === undefined) return emptyPlan;
  const owner = `endpoint:${endpoint.id}`;
  const link = lease.interface;
  const linkLocal = endpoint.request.linkLocal.map((address) => `${address}/${address.includes(':') ? 64 : 16}`);
  const addresses = [lease.ipv4, lease.ipv6, ...linkLocal].filter((cidr) => cidr !== undefined);
  const given: readonly PlannedRoute[] = [...routes]
    // What is on the link first: next hops may be reached by it.
    .sort((a, b) => Number(a.via !== undefined) - Number(b.via !== undefined))
    .map((route) => ({ link, owner, ...route }));
  const inside: NamespacePlan = {
    links: [{ name: link, owner, kind: { type: 'moved', source }, ...(lease.mac === '' ? {} : { mac: lease.mac }) }],
    addresses: addresses.map((cidr) => ({ link, cidr, owner })),
    routes: [...given, ...defaultRoutes(joined, owner)],
    sysctls: lease.ipv6 === undefined ? [] : [{ key: `net/ipv6/conf/${link}/disable_ipv6`, value: '0', owner }],
  };
  return { ...emptyPlan, host: emptyNamespace, sandboxes: new Map([[sandbox.id, inside]]) };
}

/** As the plugin said when the endpoint joined; an internal network leads nowhere, whatever it said. */
export function remoteGateway(
  { internal }: NetworkRecord,
  endpoint?: Pick<EndpointRecord, 'lease'>,
): Gateway | undefined {
  const { gateway4: ipv4, gateway6: ipv6 } = endpoint?.lease?.plugin ?? {};
  if (internal || (ipv4 === undefined && ipv6 === undefined)) return undefined;
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}

function defaultRoutes(joined: JoinedEndpoint, owner: string): readonly PlannedRoute[] {
  const link = joined.lease.interface;
  const { ipv4, ipv6 } = remoteGateway(joined.network, joined) ?? {};
  const routes: PlannedRoute[] = [];
  if (ipv4 !== undefined && leads(joined, 4)) routes.push({ link, destination: '0.0.0.0/0', via: ipv4, owner });
  if (ipv6 !== undefined && leads(joined, 6)) routes.push({ link, destination: '::/0', via: ipv6, owner });
  return routes;
}
