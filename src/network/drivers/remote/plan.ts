import type { EndpointRecord, NetworkRecord } from '../../../store/records.ts';
import type { Gateway, JoinedEndpoint } from '../../driver.ts';
import { emptyNamespace, emptyPlan } from '../../plan/merge.ts';
import type { NamespacePlan, Plan, PlannedRoute } from '../../plan/types.ts';

/** The interface that the plugin made, moved in and set up as it said; nothing before it has. */
export function planRemoteEndpoint({ endpoint, lease, sandbox, isGateway, network }: JoinedEndpoint): Plan {
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
    routes: [...given, ...(isGateway ? defaultRoutes(link, remoteGateway(network, { lease }), owner) : [])],
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

function defaultRoutes(link: string, gateway: Gateway | undefined, owner: string): readonly PlannedRoute[] {
  const routes: PlannedRoute[] = [];
  if (gateway?.ipv4 !== undefined) routes.push({ link, destination: '0.0.0.0/0', via: gateway.ipv4, owner });
  if (gateway?.ipv6 !== undefined) routes.push({ link, destination: '::/0', via: gateway.ipv6, owner });
  return routes;
}
