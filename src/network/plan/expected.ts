import type { Observed, ObservedLink, ObservedNamespace } from './observed.ts';
import type { LinkKind, NamespacePlan, Plan, PlannedLink } from './types.ts';

/**
 * What the kernel shows once it agrees with `plan`. A change from one plan to another is then computed without
 * listing the kernel: that is how endpoints come and go.
 */
export const expectedOf = (plan: Plan): Observed => ({
  host: namespaceOf(plan.host),
  sandboxes: new Map(Array.from(plan.sandboxes, ([id, namespace]) => [id, namespaceOf(namespace)])),
  elements: plan.elements,
});

const namespaceOf = (plan: NamespacePlan): ObservedNamespace => ({
  links: new Map(plan.links.map((link) => [link.name, linkOf(link)])),
  addresses: plan.addresses,
  routes: plan.routes,
  sysctls: new Map(plan.sysctls.map(({ key, value }) => [key, value])),
});

const linkOf = (link: PlannedLink): ObservedLink => ({
  name: link.name,
  kind: kindOf(link.kind),
  owner: link.kind.type === 'foreign' ? undefined : link.owner,
  ...(link.kind.type === 'moved' ? { source: link.kind.source } : {}),
  up: true,
  ...(link.mac === undefined ? {} : { mac: link.mac }),
  ...(link.mtu === undefined ? {} : { mtu: link.mtu }),
  ...(link.master === undefined ? {} : { master: link.master }),
  isolated: link.isolated ?? false,
  hairpin: link.hairpin ?? false,
});

/** IFLA_INFO_KIND of a planned link; "" of what the kernel calls nothing, or somebody else may call anything. */
export function kindOf({ type }: LinkKind): string {
  if (type === 'peer') return 'veth';
  return type === 'loopback' || type === 'foreign' || type === 'moved' ? '' : type;
}
