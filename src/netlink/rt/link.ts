import { hasCode } from '../../base/index.ts';
import type { Answer, RouteConnection } from '../connection.ts';
import type { Message } from '../message.ts';
import {
  type BridgeAttrs,
  type BridgePortAttrs,
  bridgeAttrs,
  bridgePortAttrs,
  IFF_PROMISC,
  IFF_RUNNING,
  IFF_UP,
  ifinfomsg,
  linkAttrs,
} from './link-attrs.ts';
import {
  type AnyLinkSpec,
  type BridgeSpec,
  bridgeMessage,
  deleteLinkMessage,
  getLinkMessage,
  type LinkChange,
  type LinkRef,
  linkMessage,
  listLinksMessage,
  setLinkMessage,
  type VethSpec,
  vethMessage,
} from './link-message.ts';

/** A link as the kernel describes it. */
export type Link = {
  readonly index: number;
  readonly name: string;
  /** "bridge", "veth", …; "" for hardware and the loopback. */
  readonly kind: string;
  readonly mtuBytes: number;
  /** "" for links without one. */
  readonly mac: string;
  readonly alias: string;
  /** As in `LinkSpec`. */
  readonly group: number;
  readonly masterIndex: number | undefined;
  /** IFLA_LINK: the other end of a veth, the parent of a macvlan; in namespace `linkNetnsid` if that is set. */
  readonly peerIndex: number | undefined;
  readonly linkNetnsid: number | undefined;
  /** Set by an administrator. */
  readonly up: boolean;
  /** Able to carry traffic. */
  readonly running: boolean;
  readonly promisc: boolean;
  readonly operState: OperState;
  /** Options as a port of a bridge. */
  readonly bridgePort: BridgePortAttrs | undefined;
  /** Options of a bridge. */
  readonly bridge: BridgeAttrs | undefined;
  /** What the kind itself says (IFLA_INFO_DATA), to be decoded with a table of link-attrs.ts. */
  readonly data: Uint8Array | undefined;
};

/** IF_OPER_*, <linux/if.h>, by number. */
const operStates = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'] as const;
export type OperState = (typeof operStates)[number];

export type WithAlias = { readonly alias?: string | undefined };
export type WithPort = { readonly port?: BridgePortAttrs | undefined };

/** Makes a bridge and answers its index. */
export const addBridge = (conn: RouteConnection, spec: BridgeSpec & WithAlias): number =>
  add(conn, bridgeMessage(spec), spec.name, { alias: spec.alias });

/** Makes a pair and answers the index of this end. `masterIndex` and `up` make this end a working port at once. */
export const addVeth = (conn: RouteConnection, spec: VethSpec & WithAlias & WithPort): number =>
  add(conn, vethMessage(spec), spec.name, { alias: spec.alias, port: spec.port });

/** Makes a link of any kind in the connection's own namespace and answers its index. */
export const addLink = (conn: RouteConnection, spec: Omit<AnyLinkSpec, 'netnsFd'> & WithAlias & WithPort): number =>
  add(conn, linkMessage(spec), spec.name, { alias: spec.alias, port: spec.port });

/**
 * What can only be said of a link that exists follows by name, in a second send: never in the same one, where it would
 * be done to a stranger's link after the first message is refused with EEXIST.
 */
function add(conn: RouteConnection, create: Message, name: string, change: LinkChange): number {
  conn.request(create);
  try {
    if (Object.values(change).some((value) => value !== undefined)) conn.request(setLinkMessage(name, change));
    return decodeLink(conn.request(getLinkMessage(name))[0]!).index;
  } catch (error) {
    conn.request(deleteLinkMessage(name));
    throw error;
  }
}

export function setLink(conn: RouteConnection, link: LinkRef, change: LinkChange): void {
  const rename = typeof link === 'string' && change.name !== undefined;
  conn.request(setLinkMessage(rename ? indexOf(conn, link) : link, change));
}

const indexOf = (conn: RouteConnection, name: string): number =>
  decodeLink(conn.request(getLinkMessage(name))[0]!).index;

export const setBridgePort = (conn: RouteConnection, link: LinkRef, port: BridgePortAttrs): void =>
  setLink(conn, link, { port });

/** Waits for a grace period: a veth 10 ms, a bridge 30 to 55 ms. On the main thread only in tools and tests. */
export function deleteLink(conn: RouteConnection, link: LinkRef): void {
  conn.request(deleteLinkMessage(link));
}

export async function deleteLinkAsync(conn: RouteConnection, link: LinkRef): Promise<void> {
  await conn.requestAsync(deleteLinkMessage(link));
}

/** All links, or those the kernel finds in one bridge or of one kind. */
export const listLinks = (
  conn: RouteConnection,
  only: { readonly masterIndex?: number; readonly kind?: string } = {},
): readonly Link[] => conn.dump(listLinksMessage(only)).map(decodeLink);

/** undefined when there is none. */
export function findLink(conn: RouteConnection, link: LinkRef): Link | undefined {
  try {
    return decodeLink(conn.request(getLinkMessage(link))[0]!);
  } catch (error) {
    if (hasCode(error, 'ENODEV')) return undefined;
    throw error;
  }
}

export function decodeLink({ body }: Answer): Link {
  const head = ifinfomsg.decode(body);
  const attrs = linkAttrs.decode(body.subarray(ifinfomsg.sizeBytes));
  const { kind = '', data, slaveKind, slaveData } = attrs.info ?? {};
  return {
    index: head.index,
    name: attrs.name ?? '',
    kind,
    mtuBytes: attrs.mtuBytes ?? 0,
    mac: attrs.mac ?? '',
    alias: attrs.alias ?? '',
    group: attrs.group ?? 0,
    masterIndex: attrs.masterIndex,
    peerIndex: attrs.linkIndex,
    linkNetnsid: attrs.linkNetnsid,
    up: (head.flags & IFF_UP) !== 0,
    running: (head.flags & IFF_RUNNING) !== 0,
    promisc: (head.flags & IFF_PROMISC) !== 0,
    operState: operStates[attrs.operState ?? 0] ?? 'unknown',
    bridgePort: slaveKind === 'bridge' && slaveData ? bridgePortAttrs.decode(slaveData) : undefined,
    bridge: kind === 'bridge' && data ? bridgeAttrs.decode(data) : undefined,
    data,
  };
}
