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
import { decodeMessages, type Reply } from './message.ts';
import { struct } from './wire.ts';

export type NotificationOptions = {
  /** NETLINK_ROUTE, NETLINK_NETFILTER. */
  readonly protocol: number;
  /** Numbers of multicast groups, from 1 on. */
  readonly groups: readonly number[];
  /** Of the namespace behind this descriptor, or the caller's own. It may be closed afterwards. */
  readonly netnsFd?: number | undefined;
  readonly onMessage: (message: Reply) => void;
  /** More happened than the kernel could keep for us (ENOBUFS), or it cannot be read. */
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
/** For one turn of the loop; the rest in the next, so that a storm of changes holds nothing up. */
const turnMs = 2;

/**
 * What the kernel tells those who listen to a protocol's groups, as it happens. A change of ours is queued before the call
 * that made it returns: `drain` brings a listener to the present without waiting for the loop.
 */
export class Notifications implements Disposable {
  readonly #fd: number;
  readonly #watch: Watch;
  readonly #options: NotificationOptions;
  readonly #buffer = new Uint8Array(datagramBytes);
  #closed = false;

  private constructor(fd: number, poller: Poller, options: NotificationOptions) {
    this.#fd = fd;
    this.#options = options;
    this.#watch = poller.watch(fd, { read: true }, () => this.#take(performance.now() + turnMs));
  }

  static open(poller: Poller, options: NotificationOptions): Notifications {
    const open = (): number => openSocket(options);
    const fd = options.netnsFd === undefined ? open() : inNetns<number>(options.netnsFd, open);
    try {
      return new Notifications(fd, poller, options);
    } catch (error) {
      closeFd(fd);
      throw error;
    }
  }

  /** Tells all that has happened until now. */
  drain(): void {
    this.#take(Number.POSITIVE_INFINITY);
  }

  #take(until: number): void {
    let lost = false;
    while (performance.now() < until && !this.#closed) {
      try {
        const length = recvInto(this.#fd, this.#buffer, MSG_DONTWAIT);
        if (length === -1) break;
        for (const message of decodeMessages(this.#buffer.slice(0, length))) this.#options.onMessage(message);
      } catch (error) {
        if (!hasCode(error, 'ENOBUFS') && !(error instanceof RangeError)) throw error;
        lost = true;
      }
    }
    if (lost) this.#options.onLost();
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch[Symbol.dispose]();
    closeFd(this.#fd);
  }
}

function openSocket({ protocol, groups }: NotificationOptions): number {
  const fd = socket(AF_NETLINK, SOCK_RAW, protocol);
  try {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, queueBytes);
    const mask = groups.reduce((bits, group) => bits | (1 << (group - 1)), 0);
    bind(fd, sockaddrNl.encode({ family: AF_NETLINK, portId: 0, groups: mask }));
    return fd;
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}
