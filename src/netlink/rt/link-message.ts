import { type Message, NLM_F_CREATE, NLM_F_EXCL } from '../message.ts';
import { concat } from '../wire.ts';
import {
  type BridgeAttrs,
  type BridgePortAttrs,
  bridgeAttrs,
  bridgePortAttrs,
  IFF_PROMISC,
  IFF_UP,
  ifinfomsg,
  type LinkAttrs,
  linkAttrs,
} from './link-attrs.ts';
import { vethAttrs } from './link-veth.ts';
import { AF_UNSPEC, RTM_DELLINK, RTM_GETLINK, RTM_NEWLINK } from './rtnetlink.ts';

/** A link by index, or by name. */
export type LinkRef = number | string;

/** What a new link of any kind has. The kernel refuses an alias at birth: see `LinkChange`. */
export type LinkSpec = {
  readonly name: string;
  readonly mac?: string | undefined;
  readonly mtuBytes?: number | undefined;
  readonly txQueueLength?: number | undefined;
  /** The bridge it becomes a port of. */
  readonly masterIndex?: number | undefined;
  /** The namespace it is born in, if not the connection's. */
  readonly netnsFd?: number | undefined;
  readonly up?: boolean | undefined;
  /** A number that links can be told apart by; 0, the default, says nothing. */
  readonly group?: number | undefined;
};

/** A link of a kind without a function of its own here: `data` from the tables of link-attrs.ts. */
export type AnyLinkSpec = LinkSpec & {
  /** "macvlan". */
  readonly kind: string;
  readonly data?: Uint8Array | undefined;
  /** The parent (IFLA_LINK), of the connection's namespace. */
  readonly linkIndex?: number | undefined;
};

export type BridgeSpec = LinkSpec & { readonly bridge?: BridgeAttrs | undefined };

/** The peer cannot be born up: the kernel joins the ends last, and an end alone refuses (ENOTCONN). */
export type VethSpec = LinkSpec & { readonly peer: Omit<LinkSpec, 'up'> };

/** What of a link is to change; what is left out stays. */
export type LinkChange = {
  readonly up?: boolean | undefined;
  readonly down?: boolean | undefined;
  readonly promisc?: boolean | undefined;
  /** 0 takes it out of its bridge. */
  readonly masterIndex?: number | undefined;
  readonly mtuBytes?: number | undefined;
  readonly mac?: string | undefined;
  /** A new name: the link has to be given by index. */
  readonly name?: string | undefined;
  readonly alias?: string | undefined;
  readonly group?: number | undefined;
  readonly netnsFd?: number | undefined;
  /** Options as a port of its bridge, which it has to be in already. */
  readonly port?: BridgePortAttrs | undefined;
};

export function linkMessage(spec: AnyLinkSpec): Message {
  const { kind, data } = spec;
  return {
    op: 'RTM_NEWLINK',
    what: spec.name,
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: encodeLink(0, upFlag(spec), { ...attrsOf(spec), linkIndex: spec.linkIndex, info: { kind, data } }),
  };
}

export const bridgeMessage = (spec: BridgeSpec): Message =>
  linkMessage({ ...spec, kind: 'bridge', data: spec.bridge && bridgeAttrs.encode(spec.bridge) });

/** Both ends in one message: the peer is born in its namespace, with its name and address, never seen elsewhere. */
export const vethMessage = (spec: VethSpec): Message =>
  linkMessage({
    ...spec,
    kind: 'veth',
    data: vethAttrs.encode({ peer: attrsOf(spec.peer) }),
  });

/** RTM_NEWLINK without NLM_F_CREATE, as ip(8) sends it: unlike RTM_SETLINK it also carries port options. */
export function setLinkMessage(link: LinkRef, change: LinkChange): Message {
  const named = typeof link === 'string';
  if (named && change.name !== undefined) throw new TypeError(`cannot rename ${link} by its name: give its index`);
  return {
    op: 'RTM_NEWLINK',
    what: named ? link : `link ${link}`,
    type: RTM_NEWLINK,
    flags: 0,
    body: encodeLink(named ? 0 : link, changedFlags(change), {
      name: named ? link : change.name,
      mac: change.mac,
      mtuBytes: change.mtuBytes,
      masterIndex: change.masterIndex,
      netnsFd: change.netnsFd,
      alias: change.alias,
      group: change.group,
      info: change.port && { slaveKind: 'bridge', slaveData: bridgePortAttrs.encode(change.port) },
    }),
  };
}

export function deleteLinkMessage(link: LinkRef): Message {
  return { ...naming('RTM_DELLINK', link), type: RTM_DELLINK, body: reference(link) };
}

/** Asks for one link, without its counters, which are most of the answer. */
export function getLinkMessage(link: LinkRef): Message {
  return { ...naming('RTM_GETLINK', link), type: RTM_GETLINK, body: reference(link, { filterMask: SKIP_STATS }) };
}

/** For a dump: all links, or those of one master or kind, chosen by the kernel. */
export function listLinksMessage(only: { readonly masterIndex?: number; readonly kind?: string }): Message {
  const info = only.kind === undefined ? undefined : { kind: only.kind };
  const body = encodeLink(0, none, { masterIndex: only.masterIndex, info, filterMask: SKIP_STATS });
  return { op: 'RTM_GETLINK', type: RTM_GETLINK, flags: 0, body };
}

const SKIP_STATS = 8; // RTEXT_FILTER_SKIP_STATS, <linux/rtnetlink.h>

const naming = (op: string, link: LinkRef): { op: string; what: string; flags: number } => ({
  op,
  what: typeof link === 'string' ? link : `link ${link}`,
  flags: 0,
});

const reference = (link: LinkRef, attrs: LinkAttrs = {}): Uint8Array =>
  typeof link === 'string' ? encodeLink(0, none, { ...attrs, name: link }) : encodeLink(link, none, attrs);

/** Interface flags and which of them the message is about. */
type Flags = { readonly flags: number; readonly change: number };
const none: Flags = { flags: 0, change: 0 };

const upFlag = (spec: LinkSpec): Flags => (spec.up === true ? { flags: IFF_UP, change: IFF_UP } : none);

function changedFlags({ up, down, promisc }: LinkChange): Flags {
  const isUp = up ?? (down === undefined ? undefined : !down);
  return {
    flags: (isUp === true ? IFF_UP : 0) | (promisc === true ? IFF_PROMISC : 0),
    change: (isUp === undefined ? 0 : IFF_UP) | (promisc === undefined ? 0 : IFF_PROMISC),
  };
}

const attrsOf = (spec: LinkSpec): LinkAttrs => ({
  name: spec.name,
  mac: spec.mac,
  mtuBytes: spec.mtuBytes,
  txQueueLength: spec.txQueueLength,
  masterIndex: spec.masterIndex,
  netnsFd: spec.netnsFd,
  group: spec.group,
});

const encodeLink = (index: number, flags: Flags, attrs: LinkAttrs): Uint8Array =>
  concat(ifinfomsg.encode({ family: AF_UNSPEC, type: 0, index, ...flags }), linkAttrs.encode(attrs));
