import type { NamespacePlan, Plan } from './types.ts';

export const emptyNamespace: NamespacePlan = { links: [], addresses: [], routes: [], sysctls: [] };

export const emptyPlan: Plan = { host: emptyNamespace, sandboxes: new Map(), elements: [] };

/** Everything that any of the plans wants. Order within each list is kept: bridges come before their ports. */
export function mergePlans(plans: readonly Plan[]): Plan {
  const sandboxes = new Map<string, NamespacePlan[]>();
  for (const plan of plans) {
    for (const [id, namespace] of plan.sandboxes) {
      const known = sandboxes.get(id);
      if (known === undefined) sandboxes.set(id, [namespace]);
      else known.push(namespace);
    }
  }
  return {
    host: mergeNamespaces(plans.map((plan) => plan.host)),
    sandboxes: new Map(Array.from(sandboxes, ([id, namespaces]) => [id, mergeNamespaces(namespaces)])),
    elements: plans.flatMap((plan) => plan.elements),
  };
}

export const mergeNamespaces = (namespaces: readonly NamespacePlan[]): NamespacePlan => ({
  links: namespaces.flatMap((namespace) => namespace.links),
  addresses: namespaces.flatMap((namespace) => namespace.addresses),
  routes: namespaces.flatMap((namespace) => namespace.routes),
  sysctls: namespaces.flatMap((namespace) => namespace.sysctls),
});
