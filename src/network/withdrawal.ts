import { emptyNamespace, emptyPlan } from './plan/merge.ts';
import type { NamespacePlan, Plan } from './plan/types.ts';

/** From what there is to what is left: two plans for the reconciler. */
export type Withdrawal = { readonly before: Plan; readonly after: Plan };

/**
 * What of a container's plan does not simply go with its namespace: routes of the host, and links on a parent, which the
 * next container, or the same again, could not have while the kernel still takes the namespace apart. What was moved in
 * goes back to whose it is. Undefined when that is nothing but elements.
 */
export function withdrawalOf(plan: Plan): Withdrawal | undefined {
  const children = Array.from(plan.sandboxes, ([id, { links }]) => {
    const going = links.filter(({ kind: { type } }) => type === 'macvlan' || type === 'ipvlan' || type === 'moved');
    return [id, { ...emptyNamespace, links: going } as NamespacePlan] as const;
  }).filter(([, { links }]) => links.length > 0);
  const { routes } = plan.host;
  if (routes.length === 0 && children.length === 0) return undefined;
  return {
    before: { host: { ...emptyNamespace, routes }, sandboxes: new Map(children), elements: plan.elements },
    after: { ...emptyPlan, sandboxes: new Map(children.map(([id]) => [id, emptyNamespace])) },
  };
}
