import { bindAsync, sysError } from '../syscall/libc.ts';
import { inNetns } from '../syscall/netns.ts';
import {
  AF_NETLINK,
  closeFd,
  MSG_DONTWAIT,
  recvInto,
  SO_RCVTIMEO,
  SOCK_RAW,
  SOL_SOCKET,
  sendBytes,
  setsockopt,
  socket,
} from '../syscall/socket.ts';

/**
 * The seam that tests replace: bytes in, the answering datagrams out, fetched as far as the caller reads. Of one
 * request at a time.
 */
export type Exchange = (request: Uint8Array) => Iterable<Uint8Array>;
export type ExchangeAsync = (request: Uint8Array) => Promise<Iterable<Uint8Array>>;
export interface Transport extends Disposable {
  readonly exchange: Exchange;
  /** On a socket of its own, so that it may wait while `exchange` goes on. */
  readonly exchangeAsync: ExchangeAsync;
}

// <linux/netlink.h>
export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;
const SOL_NETLINK = 270; // <linux/socket.h>
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;

/** Largest datagram of a dump: the kernel fills as much as the last buffer it saw, up to 32 KiB. */
const bufferBytes = 32 * 1024;
/** struct timeval: the answer is there when send returns; this only bounds a kernel that does not answer. */
const timeout = new Uint8Array(BigInt64Array.of(3n, 0n).buffer);
const EBADF = 9; // <asm-generic/errno-base.h>, as the next
const EAGAIN = 11;

const sendWaiting = bindAsync<[fd: number, bytes: Uint8Array, length: number, flags: number]>(
  'send',
  'long send(int fd, const void *bytes, size_t length, int flags)',
);

/** Two sockets in the namespace behind `netnsFd`, or in the caller's own: one to use at once, one to wait with. */
export function openTransport(protocol: number, netnsFd?: number): Transport {
  const open = (): SocketTransport => new SocketTransport(openSocket(protocol), openSocket(protocol));
  return netnsFd === undefined ? open() : inNetns<SocketTransport>(netnsFd, open);
}

function openSocket(protocol: number): number {
  const fd = socket(AF_NETLINK, SOCK_RAW, protocol);
  try {
    for (const option of [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK]) {
      setsockopt(fd, SOL_NETLINK, option, 1);
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout);
    return fd;
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}

class SocketTransport implements Transport {
  readonly #fd: number;
  readonly #waitingFd: number;
  readonly #buffer = new Uint8Array(bufferBytes);
  #waiting = 0;
  #closed = false;

  constructor(fd: number, waitingFd: number) {
    this.#fd = fd;
    this.#waitingFd = waitingFd;
  }

  readonly exchange: Exchange = (request) => {
    this.#refuseClosed();
    sendBytes(this.#fd, request);
    return this.#datagrams(this.#fd);
  };

  /** The kernel does the work inside send, so only that has to leave the main thread: the answer is then there. */
  readonly exchangeAsync: ExchangeAsync = async (request) => {
    this.#refuseClosed();
    this.#waiting++;
    try {
      await sendWaiting(this.#waitingFd, request, request.byteLength, 0);
      return [...this.#datagrams(this.#waitingFd, MSG_DONTWAIT)];
    } finally {
      this.#waiting--;
      if (this.#closed && this.#waiting === 0) closeFd(this.#waitingFd);
    }
  };

  *#datagrams(fd: number, flags = 0): Generator<Uint8Array> {
    for (;;) {
      const length = recvInto(fd, this.#buffer, flags);
      if (length === -1 && flags === MSG_DONTWAIT) return;
      if (length === -1) throw sysError('recv', EAGAIN, 'netlink gave no answer in 3 seconds');
      yield this.#buffer.slice(0, length);
    }
  }

  #refuseClosed(): void {
    if (this.#closed) throw sysError('send', EBADF, 'the netlink connection is closed');
  }

  /** A send that is under way keeps its socket until it is back: the number must not become another file's. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    closeFd(this.#fd);
    if (this.#waiting === 0) closeFd(this.#waitingFd);
  }
}
