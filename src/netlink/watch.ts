import { hasCode } from '../base/index.ts';
import { inNetns } from '../syscall/netns.ts';
import type { Poller, Watch } from '../syscall/poller.ts';
import {
  AF_NETLINK,
  bind,
  closeFd,
  MSG_DONTWAIT,
  recvInto,
  SO_RCVBUFFORCE,
  SOCK_RAW,
  SOL_SOCKET,
  setsockopt,
  socket,
} from '../syscall/socket.ts';
import type { Answer } from './connection.ts';
import { decodeMessages, NLM_F_REPLACE, type Reply } from './message.ts';
import { type Address, decodeAddress } from './rt/address.ts';
import { decodeLink, type Link } from './rt/link.ts';
import { IFF_UP, ifinfomsg } from './rt/link-attrs.ts';
import { decodeRoute, type Route } from './rt/route.ts';
import {
  AF_UNSPEC,
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_DELROUTE,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWROUTE,
} from './rt/rtnetlink.ts';
import { NETLINK_ROUTE } from './transport.ts';
import { struct } from './wire.ts';

/** RTNLGRP_*, <linux/rtnetlink.h>. */
const groups = { link: 1, address4: 5, route4: 7, address6: 9, route6: 11 } as const;
export type WatchGroup = keyof typeof groups;

/** What became of one object. `gone`: it was removed; else it is new, or is now like this. */
export type KernelChange =
  | {
      readonly kind: 'link';
      readonly gone: boolean;
      readonly index: number;
      /** Set by an administrator. The kernel takes IPv4 routes through a link that is not up away, and tells nobody. */
      readonly up: boolean;
      /** The whole of it: 30 µs, so only who wants it asks. */
      read(): Link;
    }
  | { readonly kind: 'address'; readonly gone: boolean; readonly address: Address }
  | {
      readonly kind: 'route';
      readonly gone: boolean;
      /** It took the place of one with the same destination and metric, which is not told to be gone. */
      readonly replaces: boolean;
      readonly route: Route;
    };

export type WatchOptions = {
  readonly groups: readonly WatchGroup[];
  /** Of the namespace behind this descriptor, or the caller's own. It may be closed afterwards. */
  readonly netnsFd?: number | undefined;
  readonly onChange: (change: KernelChange) => void;
  /**
   * More happened than the kernel could keep for us (ENOBUFS): what is known is stale, list it anew. Also for what
   * cannot be read.
   */
  readonly onLost: () => void;
};

/** struct sockaddr_nl, <linux/netlink.h>. */
const sockaddrNl = struct('sockaddr_nl', 12, [
  ['family', 'u16'],
  [null, 'u16'],
  ['portId', 'u32'], // 0: the kernel chooses
  ['groups', 'u32'], // a bit for each
]);
/** Some 300 changes of links wait in it while the event loop is busy. */
const queueBytes = 1024 * 1024;
/** Largest notification: a link with all its attributes is 2 KiB, one with virtual functions more. */
const datagramBytes = 64 * 1024;
/** In one turn of the loop; the rest in the next, so that a storm of changes holds nothing up. */
const datagramsAtOnce = 200;

/**
 * What a namespace's links, addresses and routes become, told by the kernel as it happens. A change of ours is queued
 * before the call that made it returns: `drain` brings a listener to the present without waiting for the loop.
 */
export class RouteWatch implements Disposable {
  readonly #fd: number;
  readonly #watch: Watch;
  readonly #options: WatchOptions;
  readonly #buffer = new Uint8Array(datagramBytes);
  #closed = false;

  private constructor(fd: number, poller: Poller, options: WatchOptions) {
    this.#fd = fd;
    this.#options = options;
    this.#watch = poller.watch(fd, { read: true }, () => this.#take(datagramsAtOnce));
  }

  static open(poller: Poller, options: WatchOptions): RouteWatch {
    const open = (): number => openSocket(options.groups);
    const fd = options.netnsFd === undefined ? open() : inNetns<number>(options.netnsFd, open);
    try {
      return new RouteWatch(fd, poller, options);
    } catch (error) {
      closeFd(fd);
      throw error;
    }
  }

  /** Tells all that has happened until now. */
  drain(): void {
    this.#take(Number.POSITIVE_INFINITY);
  }

  #take(limit: number): void {
    let lost = false;
    for (let taken = 0; taken < limit && !this.#closed; taken++) {
      try {
        const length = recvInto(this.#fd, this.#buffer, MSG_DONTWAIT);
        if (length === -1) break;
        for (const message of decodeMessages(this.#buffer.slice(0, length))) this.#tell(message);
      } catch (error) {
        if (!hasCode(error, 'ENOBUFS') && !(error instanceof RangeError)) throw error;
        lost = true;
      }
    }
    if (lost) this.#options.onLost();
  }

  #tell(message: Reply): void {
    const change = changeOf(message);
    if (change !== undefined) this.#options.onChange(change);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch[Symbol.dispose]();
    closeFd(this.#fd);
  }
}

function openSocket(wanted: readonly WatchGroup[]): number {
  const fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  try {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, queueBytes);
    const mask = wanted.reduce((bits, group) => bits | (1 << (groups[group] - 1)), 0);
    bind(fd, sockaddrNl.encode({ family: AF_NETLINK, portId: 0, groups: mask }));
    return fd;
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}

function changeOf({ type, flags, body }: Reply): KernelChange | undefined {
  const answer: Answer = { type, body };
  switch (type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      return linkChange(answer);
    case RTM_NEWADDR:
    case RTM_DELADDR:
      return { kind: 'address', gone: type === RTM_DELADDR, address: decodeAddress(answer) };
    case RTM_NEWROUTE:
    case RTM_DELROUTE: {
      const replaces = (flags & NLM_F_REPLACE) !== 0;
      return { kind: 'route', gone: type === RTM_DELROUTE, replaces, route: decodeRoute(answer) };
    }
    default:
      return undefined;
  }
}

/** A bridge tells of its ports in the same group, with a family of its own: "gone" is then the port, not the link. */
function linkChange(answer: Answer): KernelChange | undefined {
  const { family, index, flags } = ifinfomsg.decode(answer.body);
  if (family !== AF_UNSPEC) return undefined;
  const gone = answer.type === RTM_DELLINK;
  return { kind: 'link', gone, index, up: !gone && (flags & IFF_UP) !== 0, read: () => decodeLink(answer) };
}
