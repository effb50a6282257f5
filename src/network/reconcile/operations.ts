import type { ObservedAddress, ObservedRoute } from '../plan/observed.ts';
import type { NftElement, PlannedAddress, PlannedLink, PlannedRoute, PlannedSysctl } from '../plan/types.ts';
import type { Guest } from './moves.ts';

/** Where an operation is about the host's namespace and not a sandbox's. */
export const host = 'host';

/** What of a link that exists has to change. */
export type LinkDifference = {
  readonly alias?: true;
  readonly up?: true;
  readonly mac?: string;
  readonly mtu?: number;
  /** Name of a bridge. */
  readonly master?: string;
  readonly isolated?: boolean;
  readonly hairpin?: boolean;
};

/** One step towards a plan. `where` is "host" or a sandbox's id. */
export type Operation = { readonly where: string } & (
  | { readonly verb: 'delete-route'; readonly route: ObservedRoute }
  | { readonly verb: 'delete-address'; readonly address: ObservedAddress }
  | { readonly verb: 'delete-link'; readonly name: string; readonly owner: string }
  /** Back to the host's namespace, under the name it has there. */
  | { readonly verb: 'return-link'; readonly guest: Guest }
  /** Fails when there is no such link: a foreign one. */
  | { readonly verb: 'require-link'; readonly link: PlannedLink }
  | { readonly verb: 'create-link'; readonly link: PlannedLink }
  | { readonly verb: 'change-link'; readonly link: PlannedLink; readonly change: LinkDifference }
  | { readonly verb: 'write-sysctl'; readonly sysctl: PlannedSysctl }
  | { readonly verb: 'add-address'; readonly address: PlannedAddress }
  /**
   * A bridge forwards to a port and from it, and takes what the host sends, once the kernel has noticed their carriers:
   * soon, or a second later on a busy machine, or at once when somebody asks for the links (since 6.8).
   */
  | { readonly verb: 'open-port'; readonly link: PlannedLink }
  /** Tells the neighbours who has the link's addresses now, whoever had them before. */
  | { readonly verb: 'announce'; readonly link: PlannedLink }
  | { readonly verb: 'add-route'; readonly route: PlannedRoute }
);

/** All steps, in the order in which they work. */
export type Change = {
  readonly operations: readonly Operation[];
  readonly elements: { readonly add: readonly NftElement[]; readonly remove: readonly NftElement[] };
};

export const isEmpty = (change: Change): boolean =>
  change.operations.length === 0 && change.elements.add.length === 0 && change.elements.remove.length === 0;
