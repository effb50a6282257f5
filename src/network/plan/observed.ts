import type { NftElement } from './types.ts';

/** A link as found. What is absent was not looked at, or is not there. */
export type ObservedLink = {
  readonly name: string;
  /** "bridge", "veth", "macvlan"; "" for hardware and loopback. */
  readonly kind: string;
  /** From its alias; undefined for a link that is not ours. */
  readonly owner: string | undefined;
  readonly up: boolean;
  readonly mac?: string;
  readonly mtu?: number;
  /** Name of the bridge it is a port of. */
  readonly master?: string;
  readonly isolated?: boolean;
  readonly hairpin?: boolean;
  readonly index?: number;
  /** Of a macvlan, ipvlan or VLAN: how it works, as `modeOf` writes it. */
  readonly mode?: string;
  /** Of one that was moved in from the host's namespace: what it was called there. */
  readonly source?: string;
  /** Of a veth: index of the other end; of a macvlan and its like: of the parent; each in its own namespace. */
  readonly peerIndex?: number;
};

export type ObservedAddress = { readonly link: string; readonly cidr: string };

/** Only routes that carry our protocol number. */
export type ObservedRoute = {
  readonly link: string;
  readonly destination: string;
  readonly via?: string;
  /** Absent also where the kernel chose it. */
  readonly source?: string;
};

export type ObservedNamespace = {
  /** By name. */
  readonly links: ReadonlyMap<string, ObservedLink>;
  readonly addresses: readonly ObservedAddress[];
  readonly routes: readonly ObservedRoute[];
  /** Current values of the keys that a plan asked for. */
  readonly sysctls: ReadonlyMap<string, string>;
};

export type Observed = {
  readonly host: ObservedNamespace;
  readonly sandboxes: ReadonlyMap<string, ObservedNamespace>;
  readonly elements: readonly NftElement[];
};

export const nothingObserved: ObservedNamespace = { links: new Map(), addresses: [], routes: [], sysctls: new Map() };
