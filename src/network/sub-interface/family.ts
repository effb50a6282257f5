import type { NetworkRecord } from '../../store/records.ts';
import type { LinkKind } from '../plan/types.ts';

export type Options = NetworkRecord['options'];

/** How a child works on its parent. */
export type ChildKind = Extract<LinkKind, { readonly type: 'macvlan' | 'ipvlan' }>;

/** What one kind of child has that the other has not. */
export type Family = {
  readonly name: ChildKind['type'];
  /** "dm": links that leads nowhere are called this and the network's id. */
  readonly dummyPrefix: string;
  /** The same of the host's own child. */
  readonly shimPrefix: string;
  /** Options of this driver alone. */
  readonly options: readonly string[];
  /** Reads them. Throws Docker's errors. */
  kindOn(parent: string, options: Options): ChildKind;
  /** False where containers have a way out without a gateway, by the link itself. */
  usesGateway(kind: ChildKind): boolean;
  /** Whether each child has a hardware address of its own, or its parent's. */
  readonly ownMac: boolean;
  /** Why the host's child would not reach those of the containers; undefined where it does. */
  hostRefusal(kind: ChildKind): string | undefined;
  /** Why a network cannot share its parent with one of the same driver; undefined where it can. */
  sharingRefusal(
    kind: ChildKind,
    parent: string,
    other: { readonly id: string; readonly kind: ChildKind },
  ): string | undefined;
};
