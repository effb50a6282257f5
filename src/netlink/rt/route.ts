import { Cidr, formatIp, parseIp } from '../../base/index.ts';
import { attrTable } from '../attr.ts';
import { ip, u32 } from '../codec.ts';
import type { Answer, RouteConnection } from '../connection.ts';
import { type Message, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../message.ts';
import { concat, struct } from '../wire.ts';
import {
  AF_INET,
  AF_INET6,
  RTM_DELROUTE,
  RTM_GETROUTE,
  RTM_NEWROUTE,
  type Scope,
  scopeName,
  scopes,
} from './rtnetlink.ts';

/** Who made a route (rtm_protocol, <linux/rtnetlink.h>: 5 to 255 are for programs): ours, visible as `proto 113`. */
export const RTPROT_PORTOLAN = 113;
export const RT_TABLE_MAIN = 254; // <linux/rtnetlink.h>
const RTN_UNICAST = 1; // as the next: <linux/rtnetlink.h>
const RTN_UNREACHABLE = 7;
const RTNH_F_ONLINK = 4;

/** struct rtmsg, <linux/rtnetlink.h>. */
export const rtmsg = struct('rtmsg', 12, [
  ['family', 'u8'],
  ['destinationPrefix', 'u8'],
  ['sourcePrefix', 'u8'],
  ['tos', 'u8'],
  ['table', 'u8'], // tables above 255 only fit RTA_TABLE
  ['protocol', 'u8'], // RTPROT_*
  ['scope', 'u8'], // RT_SCOPE_*
  ['type', 'u8'], // RTN_*
  ['flags', 'u32'], // RTNH_F_*
]);

/** RTA_*, <linux/rtnetlink.h>. Written in this order, which is that of ip(8). */
export const routeAttrs = attrTable({
  destination: [1 /* RTA_DST */, ip],
  gateway: [5 /* RTA_GATEWAY */, ip],
  preferredSource: [7 /* RTA_PREFSRC */, ip],
  metric: [6 /* RTA_PRIORITY */, u32],
  table: [15 /* RTA_TABLE */, u32],
  linkIndex: [4 /* RTA_OIF */, u32],
});

export type RouteSpec = {
  /** 0.0.0.0/0 or ::/0 for the default route. */
  readonly destination: Cidr;
  readonly gateway?: string | undefined;
  readonly linkIndex?: number | undefined;
  /** The address that packets of this machine get. */
  readonly preferredSource?: string | undefined;
  /** Default: link without a gateway (IPv4), else global. */
  readonly scope?: Scope | undefined;
  readonly metric?: number | undefined;
  readonly table?: number | undefined;
  /** Default: ours. */
  readonly protocol?: number | undefined;
  /** The gateway is on the link, though no address says so. */
  readonly onlink?: boolean | undefined;
  readonly type?: 'unicast' | 'unreachable' | undefined;
};

export type Route = {
  readonly destination: Cidr;
  readonly gateway: string | undefined;
  readonly linkIndex: number | undefined;
  readonly preferredSource: string | undefined;
  readonly scope: Scope;
  readonly metric: number;
  readonly table: number;
  readonly protocol: number;
  readonly onlink: boolean;
  /** RTN_*, <linux/rtnetlink.h>: 1 is unicast. */
  readonly type: number;
};

/** `replace`: instead of a route with the same destination and metric, if there is one. */
export function routeMessage(spec: RouteSpec, replace = false): Message {
  return {
    op: 'RTM_NEWROUTE',
    what: describe(spec),
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL),
    body: encode(spec, {
      scope: scopes[spec.scope ?? (onLink(spec) ? 'link' : 'global')],
      protocol: spec.protocol ?? RTPROT_PORTOLAN,
      type: spec.type === 'unreachable' ? RTN_UNREACHABLE : RTN_UNICAST,
    }),
  };
}

/** Deletes the route that has all that is given; whoever made it, unless `protocol` says who. */
export function deleteRouteMessage(spec: RouteSpec): Message {
  const type = spec.type === 'unreachable' ? RTN_UNREACHABLE : 0;
  const body = encode(spec, { scope: scopes[spec.scope ?? 'nowhere'], protocol: spec.protocol ?? 0, type });
  return { op: 'RTM_DELROUTE', what: describe(spec), type: RTM_DELROUTE, flags: 0, body };
}

/** Throws SysError EEXIST when a route to there with that metric exists. */
export const addRoute = (conn: RouteConnection, spec: RouteSpec): void => void conn.request(routeMessage(spec));

/** Throws SysError ESRCH when there is none. */
export const deleteRoute = (conn: RouteConnection, spec: RouteSpec): void =>
  void conn.request(deleteRouteMessage(spec));

type Only = { readonly family: 4 | 6; readonly table?: number; readonly protocol?: number };

/** The routes of one table (the main one), of one maker if given: chosen by the kernel. */
export function listRoutes(conn: RouteConnection, only: Only): readonly Route[] {
  const { family, table = RT_TABLE_MAIN, protocol = 0 } = only;
  const head = rtmsg.encode({ ...blank, family: family === 4 ? AF_INET : AF_INET6, protocol });
  const body = concat(head, routeAttrs.encode({ table }));
  return conn.dump({ op: 'RTM_GETROUTE', type: RTM_GETROUTE, flags: 0, body }).map(decodeRoute);
}

const blank = { destinationPrefix: 0, sourcePrefix: 0, tos: 0, table: 0, scope: 0, type: 0, flags: 0 };

/** IPv4 tells routes to neighbours on the link apart by scope; IPv6 does not. */
const onLink = (spec: RouteSpec): boolean =>
  spec.destination.family === 4 && spec.gateway === undefined && spec.type !== 'unreachable';

const describe = ({ destination, gateway }: RouteSpec): string =>
  gateway === undefined ? `${destination}` : `${destination} via ${gateway}`;

/** ip(8) leaves 0.0.0.0/0 out, and sends ::/0. */
const isDefault4 = (destination: Cidr): boolean => destination.family === 4 && destination.prefix === 0;

type Selectors = { readonly scope: number; readonly protocol: number; readonly type: number };

function encode(spec: RouteSpec, selectors: Selectors): Uint8Array {
  const { destination, table = RT_TABLE_MAIN } = spec;
  const head = rtmsg.encode({
    ...blank,
    family: destination.family === 4 ? AF_INET : AF_INET6,
    destinationPrefix: destination.prefix,
    table: table < 256 ? table : 0,
    ...selectors,
    flags: spec.onlink === true ? RTNH_F_ONLINK : 0,
  });
  const attrs = routeAttrs.encode({
    destination: isDefault4(destination) ? undefined : formatIp(destination.network.ip),
    gateway: spec.gateway,
    preferredSource: spec.preferredSource,
    linkIndex: spec.linkIndex,
    metric: spec.metric,
    table: table < 256 ? undefined : table,
  });
  return concat(head, attrs);
}

export function decodeRoute({ body }: Answer): Route {
  const head = rtmsg.decode(body);
  const attrs = routeAttrs.decode(body.subarray(rtmsg.sizeBytes));
  return {
    destination: new Cidr(
      parseIp(attrs.destination ?? (head.family === AF_INET ? '0.0.0.0' : '::')),
      head.destinationPrefix,
    ),
    gateway: attrs.gateway,
    linkIndex: attrs.linkIndex,
    preferredSource: attrs.preferredSource,
    scope: scopeName(head.scope),
    metric: attrs.metric ?? 0,
    table: attrs.table ?? head.table,
    protocol: head.protocol,
    onlink: (head.flags & RTNH_F_ONLINK) !== 0,
    type: head.type,
  };
}
