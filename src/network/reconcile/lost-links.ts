import type { PlannedLink } from '../plan/types.ts';
import { host, type Operation } from './operations.ts';

/** The link that an operation is about, if it is one that may fail without the others failing with it. */
export function linkThatMayFail(operation: Operation): PlannedLink | undefined {
  if (!('link' in operation) || !isPlanned(operation)) return undefined;
  return isDependent(operation.link) ? operation.link : undefined;
}

type AboutLink = Extract<Operation, { readonly link: PlannedLink }>;
const isPlanned = (operation: Operation): operation is Operation & AboutLink => 'link' in operation;

/** Stands on a link of the host's that others own, is such a link, or is of a kind that a kernel may lack. */
const isDependent = ({ kind: { type } }: PlannedLink): boolean =>
  type === 'macvlan' ||
  type === 'ipvlan' ||
  type === 'vlan' ||
  type === 'dummy' ||
  type === 'foreign' ||
  type === 'moved';

/** Links that could not be made, and what is therefore left undone: their addresses, routes, values and children. */
export class LostLinks {
  readonly operations = new Set<Operation>();
  readonly #lost = new Set<string>();

  add(operation: Operation, name: string): void {
    this.operations.add(operation);
    this.#lost.add(`${operation.where} ${name}`);
  }

  /** Answers true, and counts it as undone, for what cannot be done without a lost link. */
  concerns(operation: Operation): boolean {
    if (this.#lost.size === 0) return false;
    const name = linkNameOf(operation);
    if (name === undefined) return false;
    const parent = isPlanned(operation) && 'parent' in operation.link.kind ? operation.link.kind.parent : undefined;
    const orphan = parent !== undefined && this.#lost.has(`${host} ${parent}`);
    if (!orphan && !this.#lost.has(`${operation.where} ${name}`)) return false;
    this.add(operation, name);
    return true;
  }
}

function linkNameOf(operation: Operation): string | undefined {
  switch (operation.verb) {
    case 'delete-route':
    case 'add-route':
      return operation.route.link;
    case 'delete-address':
    case 'add-address':
      return operation.address.link;
    case 'delete-link':
      return operation.name;
    case 'return-link':
      return operation.guest.name;
    case 'write-sysctl':
      // "net/ipv6/conf/eth0/disable_ipv6"
      return operation.sysctl.key.split('/')[3];
    default:
      return operation.link.name;
  }
}
