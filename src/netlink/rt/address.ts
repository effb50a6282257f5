import { Cidr, formatIp, parseIp } from '../../base/index.ts';
import { attrTable } from '../attr.ts';
import { ip, stringz, u32 } from '../codec.ts';
import type { Answer, RouteConnection } from '../connection.ts';
import { type Message, NLM_F_CREATE, NLM_F_EXCL } from '../message.ts';
import { concat, struct } from '../wire.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
  type Scope,
  scopeName,
  scopes,
} from './rtnetlink.ts';

/** struct ifaddrmsg, <linux/if_addr.h>. */
export const ifaddrmsg = struct('ifaddrmsg', 8, [
  ['family', 'u8'],
  ['prefix', 'u8'],
  ['flags', 'u8'], // the low byte of IFA_FLAGS
  ['scope', 'u8'], // RT_SCOPE_*
  ['index', 'u32'],
]);

/** IFA_*, <linux/if_addr.h>. Written in this order, which is that of ip(8). */
export const addressAttrs = attrTable({
  local: [2 /* IFA_LOCAL */, ip],
  broadcast: [4 /* IFA_BROADCAST */, ip],
  address: [1 /* IFA_ADDRESS: the peer's on a point-to-point link, else the same */, ip],
  label: [3 /* IFA_LABEL */, stringz],
  flags: [8 /* IFA_FLAGS */, u32],
});

// IFA_F_*, <linux/if_addr.h>
export const IFA_F_NODAD = 0x02;
export const IFA_F_DADFAILED = 0x08;
export const IFA_F_TENTATIVE = 0x40;
export const IFA_F_PERMANENT = 0x80;
export const IFA_F_NOPREFIXROUTE = 0x200;

export type AddressSpec = {
  readonly linkIndex: number;
  /** The address with its prefix: 172.17.0.2/16. */
  readonly cidr: Cidr;
  /** IPv4 only. */
  readonly broadcast?: string | undefined;
  readonly scope?: Scope | undefined;
  /** IPv6: usable at once, without asking the link whether somebody has it. */
  readonly noDad?: boolean | undefined;
  /** Leave the route to the prefix to the caller. */
  readonly noPrefixRoute?: boolean | undefined;
};

/** An address as the kernel lists it. */
export type Address = {
  readonly linkIndex: number;
  readonly cidr: Cidr;
  readonly broadcast: string | undefined;
  readonly scope: Scope;
  readonly label: string | undefined;
  /** IFA_F_*. */
  readonly flags: number;
};

export function addressMessage(spec: AddressSpec): Message {
  const flags = (spec.noDad === true ? IFA_F_NODAD : 0) | (spec.noPrefixRoute === true ? IFA_F_NOPREFIXROUTE : 0);
  return {
    op: 'RTM_NEWADDR',
    what: `${spec.cidr}`,
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: encode(spec, flags, spec.broadcast),
  };
}

export function deleteAddressMessage(spec: Pick<AddressSpec, 'linkIndex' | 'cidr'>): Message {
  return { op: 'RTM_DELADDR', what: `${spec.cidr}`, type: RTM_DELADDR, flags: 0, body: encode(spec, 0) };
}

/** Throws SysError EEXIST when the link has it. */
export const addAddress = (conn: RouteConnection, spec: AddressSpec): void => void conn.request(addressMessage(spec));

/** Throws SysError EADDRNOTAVAIL when the link does not have it. */
export const deleteAddress = (conn: RouteConnection, spec: Pick<AddressSpec, 'linkIndex' | 'cidr'>): void =>
  void conn.request(deleteAddressMessage(spec));

/** Of all links, or of one: chosen by the kernel. */
export function listAddresses(conn: RouteConnection, linkIndex = 0): readonly Address[] {
  const body = ifaddrmsg.encode({ family: AF_UNSPEC, prefix: 0, flags: 0, scope: 0, index: linkIndex });
  return conn.dump({ op: 'RTM_GETADDR', type: RTM_GETADDR, flags: 0, body }).map(decodeAddress);
}

type Encoded = Pick<AddressSpec, 'linkIndex' | 'cidr' | 'scope'>;

/** Flags that fit the old byte go there, the others into the attribute. */
function encode(spec: Encoded, flags: number, broadcast?: string): Uint8Array {
  const local = formatIp(spec.cidr.ip);
  const head = ifaddrmsg.encode({
    family: spec.cidr.family === 4 ? AF_INET : AF_INET6,
    prefix: spec.cidr.prefix,
    flags: flags & 0xff,
    scope: scopes[spec.scope ?? 'global'],
    index: spec.linkIndex,
  });
  const wide = flags > 0xff ? flags : undefined;
  return concat(head, addressAttrs.encode({ local, broadcast, address: local, flags: wide }));
}

export function decodeAddress({ body }: Answer): Address {
  const head = ifaddrmsg.decode(body);
  const attrs = addressAttrs.decode(body.subarray(ifaddrmsg.sizeBytes));
  const own = attrs.local ?? attrs.address ?? (head.family === AF_INET ? '0.0.0.0' : '::');
  return {
    linkIndex: head.index,
    cidr: new Cidr(parseIp(own), head.prefix),
    broadcast: attrs.broadcast,
    scope: scopeName(head.scope),
    label: attrs.label,
    flags: attrs.flags ?? head.flags,
  };
}
