import { hasCode } from '../base/index.ts';
import { attrTable, NLA_F_NESTED } from './attr.ts';
import { be16, be32, bytes, type Codec, ip, u8, u32 } from './codec.ts';
import { type Answer, NetlinkConnection } from './connection.ts';
import type { Message } from './message.ts';
import { AF_INET, AF_INET6 } from './rt/rtnetlink.ts';
import { NETLINK_NETFILTER, openTransport } from './transport.ts';
import { concat, struct } from './wire.ts';

/** struct nfgenmsg, <linux/netfilter/nfnetlink.h>. */
export const nfgenmsg = struct('nfgenmsg', 4, [
  ['family', 'u8'], // AF_INET, AF_INET6
  ['version', 'u8'],
  ['resourceId', 'be16'],
]);
// NFNL_SUBSYS_CTNETLINK << 8 with IPCTNL_MSG_CT_*, <linux/netfilter/nfnetlink_conntrack.h>
const CT_GET = (1 << 8) | 1;
const CT_DELETE = (1 << 8) | 2;

/** CTA_IP_*, CTA_PROTO_* and CTA_TUPLE_*, <linux/netfilter/nfnetlink_conntrack.h>. */
const tupleIp = attrTable({
  v4Source: [1 /* CTA_IP_V4_SRC */, ip],
  v4Destination: [2 /* CTA_IP_V4_DST */, ip],
  v6Source: [3 /* CTA_IP_V6_SRC */, ip],
  v6Destination: [4 /* CTA_IP_V6_DST */, ip],
});
const tupleProto = attrTable({
  protocol: [1 /* CTA_PROTO_NUM */, u8],
  sourcePort: [2 /* CTA_PROTO_SRC_PORT */, be16],
  destinationPort: [3 /* CTA_PROTO_DST_PORT */, be16],
});
export const tupleAttrs = attrTable({
  ip: [1 /* CTA_TUPLE_IP */ | NLA_F_NESTED, tupleIp],
  proto: [2 /* CTA_TUPLE_PROTO */ | NLA_F_NESTED, tupleProto],
});
type TupleAttrs = typeof tupleAttrs extends Codec<infer V> ? V : never;

/** CTA_FILTER_*, <linux/netfilter/nfnetlink_conntrack.h>: which fields of the tuples beside it count. */
const filterAttrs = attrTable({
  original: [1 /* CTA_FILTER_ORIG_FLAGS */, u32],
  reply: [2 /* CTA_FILTER_REPLY_FLAGS */, u32],
});
/** CTA_*, <linux/netfilter/nfnetlink_conntrack.h>. */
const flowAttrs = attrTable({
  original: [1 /* CTA_TUPLE_ORIG */ | NLA_F_NESTED, tupleAttrs],
  reply: [2 /* CTA_TUPLE_REPLY */ | NLA_F_NESTED, tupleAttrs],
  id: [12 /* CTA_ID */, be32],
  zone: [18 /* CTA_ZONE */, bytes],
  filter: [25 /* CTA_FILTER */ | NLA_F_NESTED, filterAttrs],
});

/** One direction of a flow. Ports are undefined for protocols without. */
export type Tuple = {
  readonly source: string;
  readonly destination: string;
  /** IPPROTO_*: 6 TCP, 17 UDP, 132 SCTP. */
  readonly protocol: number;
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
};
/** A tracked connection: as it came in, and as answers come, with translations undone. */
export type Flow = { readonly family: 4 | 6; readonly original: Tuple; readonly reply: Tuple; readonly raw: FlowAttrs };
type FlowAttrs = typeof flowAttrs extends Codec<infer V> ? V : never;

/** What the direction of a wanted flow has; what is left out does not count. Ports need the protocol. */
export type TuplePattern = { readonly [K in keyof Tuple]?: Tuple[K] };
export type FlowPattern = { readonly family: 4 | 6; readonly original?: TuplePattern; readonly reply?: TuplePattern };

/** ctnetlink: the connections that a network namespace tracks. */
export class ConntrackConnection extends NetlinkConnection {
  static open(netnsFd?: number): ConntrackConnection {
    return new ConntrackConnection(openTransport(NETLINK_NETFILTER, netnsFd));
  }
}

/** Chosen by the kernel (5.8 and later), and checked again for those that take no filter. */
export const listFlows = (conn: ConntrackConnection, pattern: FlowPattern): readonly Flow[] =>
  chosen(conn.dump(listMessage(pattern)), pattern);

/**
 * Ends what is tracked, so that the next packet is judged anew; answers how many. One by one with their numbers: the
 * request that empties the table by a filter would empty all of it where the kernel does not know the filter. From the
 * thread pool: the kernel walks the whole table, which takes milliseconds however little is in it.
 */
export async function deleteFlows(
  conn: ConntrackConnection,
  pattern: FlowPattern,
  only: (flow: Flow) => boolean = () => true,
): Promise<number> {
  const flows = chosen(await conn.dumpAsync(listMessage(pattern)), pattern).filter(only);
  const requests = flows.map(({ family, raw: { original, id, zone } }) =>
    message('CT_DELETE', CT_DELETE, family, flowAttrs.encode({ original, id, zone })),
  );
  const failures = (await conn.batchResultsAsync(requests)).filter((error) => error !== undefined);
  const real = failures.find((error) => !hasCode(error, 'ENOENT')); // ENOENT: it ended by itself meanwhile
  if (real !== undefined) throw real;
  return requests.length - failures.length;
}

function listMessage({ family, original = {}, reply = {} }: FlowPattern): Message {
  const attrs = flowAttrs.encode({
    original: tuplePattern(family, original),
    reply: tuplePattern(family, reply),
    filter: { original: filterFlags(original), reply: filterFlags(reply) },
  });
  return message('CT_GET', CT_GET, family, attrs);
}

const chosen = (answers: readonly Answer[], { original = {}, reply = {} }: FlowPattern): readonly Flow[] =>
  answers.map(decodeFlow).filter((flow) => matches(flow.original, original) && matches(flow.reply, reply));

const message = (op: string, type: number, family: 4 | 6, attrs: Uint8Array): Message => ({
  op,
  type,
  flags: 0,
  body: concat(nfgenmsg.encode({ family: family === 4 ? AF_INET : AF_INET6, version: 0, resourceId: 0 }), attrs),
});

function tuplePattern(family: 4 | 6, pattern: TuplePattern): TupleAttrs | undefined {
  const { source, destination, ...proto } = pattern;
  if (Object.values(pattern).every((field) => field === undefined)) return undefined;
  return {
    ip:
      family === 4
        ? { v4Source: source, v4Destination: destination }
        : { v6Source: source, v6Destination: destination },
    proto,
  };
}

/** CTA_FILTER_F_*, <net/netfilter/nf_conntrack.h> of the kernel: in the order of the fields. */
const filterBit = { source: 1, destination: 2, protocol: 8, sourcePort: 16, destinationPort: 32 } as const;

const filterFlags = (pattern: TuplePattern): number =>
  fieldsOf(pattern).reduce((flags, field) => flags | filterBit[field], 0);

const fieldsOf = (pattern: TuplePattern): readonly (keyof Tuple)[] =>
  (Object.keys(filterBit) as (keyof Tuple)[]).filter((field) => pattern[field] !== undefined);

const matches = (tuple: Tuple, pattern: TuplePattern): boolean =>
  fieldsOf(pattern).every((field) => tuple[field] === pattern[field]);

export function decodeFlow({ body }: Answer): Flow {
  const { family } = nfgenmsg.decode(body);
  const raw = flowAttrs.decode(body.subarray(nfgenmsg.sizeBytes));
  return { family: family === AF_INET ? 4 : 6, original: tupleOf(raw.original), reply: tupleOf(raw.reply), raw };
}

function tupleOf(attrs: TupleAttrs | undefined): Tuple {
  const { ip: addresses = {}, proto = {} } = attrs ?? {};
  return {
    source: addresses.v4Source ?? addresses.v6Source ?? '',
    destination: addresses.v4Destination ?? addresses.v6Destination ?? '',
    protocol: proto.protocol ?? 0,
    sourcePort: proto.sourcePort,
    destinationPort: proto.destinationPort,
  };
}
