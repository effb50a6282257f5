import { attrTable } from '../attr.ts';
import type { Codec } from '../codec.ts';
import { concat } from '../wire.ts';
import { ifinfomsg, type LinkAttrs, linkAttrs } from './link-attrs.ts';

/** The other end of a veth pair: a link message of its own, without flags. */
const peer: Codec<LinkAttrs> = {
  encode: (attrs) =>
    concat(ifinfomsg.encode({ family: 0, type: 0, index: 0, flags: 0, change: 0 }), linkAttrs.encode(attrs)),
  decode: (payload) => linkAttrs.decode(payload.subarray(ifinfomsg.sizeBytes)),
};

/** VETH_INFO_*, <linux/veth.h>. */
export const vethAttrs = attrTable({ peer: [1 /* VETH_INFO_PEER */, peer] });
