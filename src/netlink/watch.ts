import type { Poller } from '../syscall/poller.ts';
import type { Answer } from './connection.ts';
import { NLM_F_REPLACE, type Reply } from './message.ts';
import { Notifications } from './notifications.ts';
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

/** What a namespace's links, addresses and routes become, told by the kernel as it happens. */
export class RouteWatch implements Disposable {
  readonly #notifications: Notifications;

  private constructor(notifications: Notifications) {
    this.#notifications = notifications;
  }

  static open(poller: Poller, { groups: wanted, netnsFd, onChange, onLost }: WatchOptions): RouteWatch {
    const onMessage = (message: Reply): void => {
      const change = changeOf(message);
      if (change !== undefined) onChange(change);
    };
    const numbers = wanted.map((group) => groups[group]);
    return new RouteWatch(
      Notifications.open(poller, { protocol: NETLINK_ROUTE, groups: numbers, netnsFd, onMessage, onLost }),
    );
  }

  /** Tells all that has happened until now. */
  drain(): void {
    this.#notifications.drain();
  }

  [Symbol.dispose](): void {
    this.#notifications[Symbol.dispose]();
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
