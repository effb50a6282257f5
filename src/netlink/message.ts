import type { SysError } from '../base/index.ts';
import { sysError } from '../syscall/libc.ts';
import { attrTable } from './attr.ts';
import { stringz, u32 } from './codec.ts';
import { concat, struct } from './wire.ts';

/** One request: what to call it in an error, its type and flags, and all that follows the header. */
export type Message = {
  /** "RTM_NEWLINK". */
  readonly op: string;
  /** The object's name, for the error: "br-1a2b3c". */
  readonly what?: string;
  readonly type: number;
  /** NLM_F_* besides REQUEST and ACK, which the connection sets. */
  readonly flags: number;
  readonly body: Uint8Array;
};

/** struct nlmsghdr, <linux/netlink.h>. */
export const nlmsghdr = struct('nlmsghdr', 16, [
  ['length', 'u32'],
  ['type', 'u16'], // NLMSG_* or the protocol's own
  ['flags', 'u16'], // NLM_F_*
  ['seq', 'u32'],
  ['portId', 'u32'],
]);

// NLMSG_*, <linux/netlink.h>
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

// NLM_F_*, <linux/netlink.h>
export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
/** In a reply: the objects changed while they were listed. */
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300; // NLM_F_ROOT | NLM_F_MATCH
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;

export function encodeMessage(message: Message, seq: number, flags: number): Uint8Array {
  const head = nlmsghdr.encode({
    length: nlmsghdr.sizeBytes + message.body.byteLength,
    type: message.type,
    flags: message.flags | flags,
    seq,
    portId: 0,
  });
  return concat(head, message.body, new Uint8Array(-message.body.byteLength & 3));
}

export type Reply = { readonly type: number; readonly flags: number; readonly seq: number; readonly body: Uint8Array };

/** The messages of one datagram. Throws RangeError for a length that does not fit. */
export function* decodeMessages(datagram: Uint8Array): Generator<Reply> {
  let at = 0;
  while (at + nlmsghdr.sizeBytes <= datagram.byteLength) {
    const { length, type, flags, seq } = nlmsghdr.decode(datagram.subarray(at));
    if (length < nlmsghdr.sizeBytes || at + length > datagram.byteLength) {
      throw new RangeError(`cannot read a message: nlmsg_len is ${length}, ${datagram.byteLength - at} bytes left`);
    }
    yield { type, flags, seq, body: datagram.subarray(at + nlmsghdr.sizeBytes, at + length) };
    at += (length + 3) & ~3;
  }
}

/** struct nlmsgerr, <linux/netlink.h>, without the request's header that follows. */
const nlmsgerr = struct('nlmsgerr', 4, [['error', 's32']]);
/** NLMSGERR_ATTR_*, <linux/netlink.h>. */
const extendedAck = attrTable({
  message: [1 /* NLMSGERR_ATTR_MSG */, stringz],
  offset: [2 /* NLMSGERR_ATTR_OFFS */, u32],
});

/** What NLMSG_ERROR or NLMSG_DONE reports about `message`, with the kernel's own sentence; undefined for success. */
export function errorIn(reply: Reply, message: Message): SysError | undefined {
  if (reply.body.byteLength < nlmsgerr.sizeBytes) return undefined;
  const { error } = nlmsgerr.decode(reply.body);
  if (error >= 0) return undefined;
  const detail = [message.what, explanation(reply)].filter((part) => part !== undefined && part !== '').join(': ');
  return sysError(message.op, -error, detail);
}

function explanation(reply: Reply): string | undefined {
  if ((reply.flags & NLM_F_ACK_TLVS) === 0) return undefined;
  return extendedAck.decode(reply.body.subarray(tlvOffset(reply))).message;
}

/** After the code; in NLMSG_ERROR also after the request, of which a capped answer repeats only the header. */
function tlvOffset({ type, flags, body }: Reply): number {
  if (type === NLMSG_DONE) return nlmsgerr.sizeBytes;
  const request = nlmsghdr.decode(body.subarray(nlmsgerr.sizeBytes));
  const repeated = (flags & NLM_F_CAPPED) === 0 ? request.length : nlmsghdr.sizeBytes;
  return nlmsgerr.sizeBytes + ((repeated + 3) & ~3);
}
