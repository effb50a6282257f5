import { attrTable } from '../attr.ts';
import { ip, mac } from '../codec.ts';
import type { Answer, RouteConnection } from '../connection.ts';
import { type Message, NLM_F_CREATE, NLM_F_REPLACE } from '../message.ts';
import { concat, struct } from '../wire.ts';
import { AF_BRIDGE, AF_UNSPEC, familyOf, RTM_DELNEIGH, RTM_GETNEIGH, RTM_NEWNEIGH } from './rtnetlink.ts';

/** struct ndmsg, <linux/neighbour.h>. */
export const ndmsg = struct('ndmsg', 12, [
  ['family', 'u8'], // AF_INET, AF_INET6; AF_BRIDGE for the bridge's forwarding table
  [null, 'u8'],
  [null, 'u16'],
  ['linkIndex', 's32'],
  ['state', 'u16'], // NUD_*
  ['flags', 'u8'], // NTF_*
  ['type', 'u8'],
]);

/** NDA_*, <linux/neighbour.h>. */
export const neighbourAttrs = attrTable({
  address: [1 /* NDA_DST */, ip],
  mac: [2 /* NDA_LLADDR */, mac],
});

// NUD_* and NTF_*, <linux/neighbour.h>
export const NUD_PERMANENT = 0x80;
/** NUD_NOARP | NUD_REACHABLE, in a forwarding table: does not age. (NUD_PERMANENT there: the bridge's own address.) */
export const NUD_STATIC = 0x42;
const NTF_SELF = 0x02;
const NTF_MASTER = 0x04;
export const NTF_PROXY = 0x08;

/** A permanent neighbour: an address and where on the link it lives. */
export type NeighbourSpec = { readonly linkIndex: number; readonly address: string; readonly mac: string };
/** An entry of a forwarding table: of the bridge that the link is a port of, or of the link itself (vxlan). */
export type ForwardingSpec = {
  readonly linkIndex: number;
  readonly mac: string;
  readonly of: 'bridge' | 'link';
  /** vxlan: the other host. */
  readonly remote?: string | undefined;
};
export type Neighbour = {
  readonly linkIndex: number;
  readonly address: string | undefined;
  readonly mac: string | undefined;
  /** NUD_*: 0x80 is permanent. */
  readonly state: number;
  /** NTF_*. */
  readonly flags: number;
};

/** Adds, or puts another hardware address in its place. */
export const neighbourMessage = (spec: NeighbourSpec): Message => message('RTM_NEWNEIGH', spec, spec.address);
export const deleteNeighbourMessage = (spec: Omit<NeighbourSpec, 'mac'>): Message =>
  message('RTM_DELNEIGH', spec, spec.address);

export const forwardingMessage = (spec: ForwardingSpec): Message => forwarding('RTM_NEWNEIGH', spec);
export const deleteForwardingMessage = (spec: ForwardingSpec): Message => forwarding('RTM_DELNEIGH', spec);

export const addNeighbour = (conn: RouteConnection, spec: NeighbourSpec): void =>
  void conn.request(neighbourMessage(spec));
export const deleteNeighbour = (conn: RouteConnection, spec: Omit<NeighbourSpec, 'mac'>): void =>
  void conn.request(deleteNeighbourMessage(spec));

/** Neighbours of both families, or (`bridge`) the forwarding tables. */
export function listNeighbours(
  conn: RouteConnection,
  what: 'neighbours' | 'bridge' = 'neighbours',
): readonly Neighbour[] {
  const family = what === 'bridge' ? AF_BRIDGE : AF_UNSPEC;
  const body = ndmsg.encode({ family, linkIndex: 0, state: 0, flags: 0, type: 0 });
  return conn.dump({ op: 'RTM_GETNEIGH', type: RTM_GETNEIGH, flags: 0, body }).map(decodeNeighbour);
}

type Op = 'RTM_NEWNEIGH' | 'RTM_DELNEIGH';
const typeOf = { RTM_NEWNEIGH, RTM_DELNEIGH } as const;
const flagsOf = { RTM_NEWNEIGH: NLM_F_CREATE | NLM_F_REPLACE, RTM_DELNEIGH: 0 } as const;

function message(op: Op, spec: Omit<NeighbourSpec, 'mac'> & { readonly mac?: string }, address: string): Message {
  const { linkIndex } = spec;
  const head = ndmsg.encode({ family: familyOf(address), linkIndex, state: NUD_PERMANENT, flags: 0, type: 0 });
  const body = concat(head, neighbourAttrs.encode({ address, mac: spec.mac }));
  return { op, what: address, type: typeOf[op], flags: flagsOf[op], body };
}

function forwarding(op: Op, { linkIndex, mac: hardware, of, remote }: ForwardingSpec): Message {
  const flags = of === 'bridge' ? NTF_MASTER : NTF_SELF;
  const head = ndmsg.encode({ family: AF_BRIDGE, linkIndex, state: NUD_STATIC, flags, type: 0 });
  const body = concat(head, neighbourAttrs.encode({ address: remote, mac: hardware }));
  return { op, what: hardware, type: typeOf[op], flags: flagsOf[op], body };
}

export function decodeNeighbour({ body }: Answer): Neighbour {
  const { linkIndex, state, flags } = ndmsg.decode(body);
  const attrs = neighbourAttrs.decode(body.subarray(ndmsg.sizeBytes));
  return { linkIndex, state, flags, address: attrs.address, mac: attrs.mac };
}
