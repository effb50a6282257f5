/**
 * A plan: what the kernel shall have, as plain values. Drivers derive plans from records, the reconciler makes the
 * kernel agree with them. An owner is "network:<id>", "endpoint:<id>", "sandbox:<id>" or, of a link that several networks
 * stand on, "parent:<name>"; links carry theirs as alias.
 */

/** One element of a set or map of our nftables table, in nft's own text. `owner` names the record it comes from. */
export type NftElement = {
  readonly set: string;
  readonly key: string;
  readonly value?: string;
  readonly owner: string;
};

/** Which children of one parent hear each other: see drivers/macvlan and drivers/ipvlan. */
export type MacvlanMode = 'bridge' | 'private' | 'vepa' | 'passthru';
export type IpvlanMode = 'l2' | 'l3' | 'l3s';
export type IpvlanFlag = 'bridge' | 'private' | 'vepa';

/** How a link comes to be. */
export type LinkKind =
  | { readonly type: 'bridge' }
  /** One end of a veth pair in the host, made together with its peer: a `peer` link of the sandbox's plan. */
  | {
      readonly type: 'veth';
      readonly sandboxId: string;
      readonly peer: { readonly name: string; readonly mac: string };
    }
  /** The end inside a sandbox. Never made by itself: it is born with its veth. */
  | { readonly type: 'peer' }
  /** Born in its own namespace, on top of a link of the host's. */
  | { readonly type: 'macvlan'; readonly parent: string; readonly mode: MacvlanMode }
  | { readonly type: 'ipvlan'; readonly parent: string; readonly mode: IpvlanMode; readonly flag: IpvlanFlag }
  /** 802.1Q. One that is there already, and not ours, is used as it is. */
  | { readonly type: 'vlan'; readonly parent: string; readonly id: number }
  /** Leads nowhere: what children stand on that only have each other. */
  | { readonly type: 'dummy' }
  /** Somebody else's, which has to be there: never made, marked, changed or removed. `missing` is told if it is not. */
  | { readonly type: 'foreign'; readonly missing: string }
  /** Somebody else's in the host's namespace, called `source` there: it moves in, and goes back when no plan has it. */
  | { readonly type: 'moved'; readonly source: string }
  /** The namespace's own loopback: never made or removed, only set up. */
  | { readonly type: 'loopback' };

/** How often, and how far apart, a link of a sandbox tells its neighbours of its addresses. */
export type Announcements = { readonly count: number; readonly intervalMs: number };

export type PlannedLink = {
  readonly name: string;
  readonly owner: string;
  readonly kind: LinkKind;
  /** "02:42:ac:11:00:02". Absent: the kernel's choice. */
  readonly mac?: string;
  /** Bytes. Absent: the kernel's default. */
  readonly mtu?: number;
  /** Of a link inside a sandbox. Absent: once. */
  readonly announcements?: Announcements;
  /** What is to stand on it later: where the kernel has no links of that kind, it is refused already now. */
  readonly bears?: Extract<LinkKind, { readonly type: 'macvlan' | 'ipvlan' }>;
  /** Name of the bridge that this link is a port of. */
  readonly master?: string;
  /** Bridge port that may not talk to other isolated ports: IFLA_BRPORT_ISOLATED. */
  readonly isolated?: boolean;
  /** Bridge port that may send back to where a frame came from: IFLA_BRPORT_MODE. */
  readonly hairpin?: boolean;
};

/** An address of a link: "172.17.0.1/16". */
export type PlannedAddress = { readonly link: string; readonly cidr: string; readonly owner: string };

/** A route. `destination` is a CIDR, 0.0.0.0/0 or ::/0 for the default; all are marked with our protocol number. */
export type PlannedRoute = {
  readonly link: string;
  readonly destination: string;
  readonly via?: string;
  /** The address that packets of this namespace get. */
  readonly source?: string;
  readonly owner: string;
};

/** One value under /proc/sys/, slash-separated: "net/ipv4/conf/docker0/route_localnet". */
export type PlannedSysctl = { readonly key: string; readonly value: string; readonly owner: string };

/** All that one network namespace shall have. */
export type NamespacePlan = {
  readonly links: readonly PlannedLink[];
  readonly addresses: readonly PlannedAddress[];
  readonly routes: readonly PlannedRoute[];
  readonly sysctls: readonly PlannedSysctl[];
};

export type Plan = {
  readonly host: NamespacePlan;
  /** By sandbox id. */
  readonly sandboxes: ReadonlyMap<string, NamespacePlan>;
  readonly elements: readonly NftElement[];
};
