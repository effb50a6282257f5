import { closeSync } from 'node:fs';
import koffi from 'koffi';
import { bind, sysError } from './libc.ts';

/** What a descriptor is watched for. End of file and errors are always reported, as `read`. */
export type Interest = { readonly read?: boolean; readonly write?: boolean };
export type Events = { readonly read: boolean; readonly write: boolean };

/** One descriptor under watch. Dispose before closing the descriptor, or its number's next owner is watched. */
export interface Watch extends Disposable {
  /** Asks for something else from now on; `{}` pauses. */
  change(interest: Interest): void;
}

const epollCreate = bind<[flags: number]>('epoll_create1', 'int epoll_create1(int flags)');
const epollCtl = bind<[epfd: number, op: number, fd: number, event: Uint8Array]>(
  'epoll_ctl',
  'int epoll_ctl(int epfd, int op, int fd, void *event)',
);
// <linux/eventpoll.h>
const EPOLL_CLOEXEC = 0x8_0000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EEXIST = 17; // <asm-generic/errno-base.h>

/**
 * Readiness of descriptors that libuv has no stream for: seqpacket sockets, pidfds, netlink. Each joins the event
 * loop's own epoll set through a poll handle, so there is no thread: microseconds from readiness to handler. The loop
 * stays alive while something is watched, and no longer.
 *
 * A handler is called once per turn of the loop while its descriptor is ready; one that cannot take more says so with
 * `change`. Descriptors are made non-blocking (libuv). One watch per descriptor.
 */
export class Poller implements Disposable {
  readonly #watches = new Map<number, LoopWatch>();
  /** Answers whether a descriptor can be watched at all, with the kernel's reason when not. */
  readonly #probe = epollCreate(EPOLL_CLOEXEC);
  #closed = false;

  /** Throws SysError EPERM (a file or directory), EBADF, EEXIST (already watched). */
  watch(fd: number, interest: Interest, callback: (events: Events) => void): Watch {
    if (this.#watches.has(fd)) throw sysError('epoll_ctl', EEXIST, `descriptor ${fd} is watched already`);
    this.#check(fd);
    const watch = new LoopWatch(fd, interest, callback, () => this.#watches.delete(fd));
    this.#watches.set(fd, watch);
    return watch;
  }

  /** libuv answers a descriptor it cannot take with a half-made handle, so ask first. */
  #check(fd: number): void {
    const none = new Uint8Array(16);
    epollCtl(this.#probe, EPOLL_CTL_ADD, fd, none);
    epollCtl(this.#probe, EPOLL_CTL_DEL, fd, none);
  }

  /** Ends every watch; the descriptors stay open. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const watch of this.#watches.values()) watch[Symbol.dispose]();
    closeSync(this.#probe);
  }
}

type PollHandle = ReturnType<typeof koffi.node.poll>;
/** koffi's declaration lacks the first argument: a libuv status. */
type Ready = (status: number, events: { readonly readable: boolean; readonly writable: boolean }) => void;

class LoopWatch implements Watch {
  readonly #callback: (events: Events) => void;
  readonly #forget: () => void;
  readonly #handle: PollHandle;
  #interest: Interest = {};
  #pending = false;
  #closed = false;

  constructor(fd: number, interest: Interest, callback: (events: Events) => void, forget: () => void) {
    this.#callback = callback;
    this.#forget = forget;
    this.#handle = koffi.node.poll(fd, options(interest), this.#ready as never);
    this.change(interest);
  }

  change(interest: Interest): void {
    if (this.#closed) return;
    this.#interest = interest;
    if (interest.read || interest.write) this.#handle.start(options(interest), this.#ready as never);
    else this.#handle.stop();
  }

  /**
   * The handle calls outside any of Node's callback scopes, where promises would not go on. An immediate runs in this
   * same turn of the loop and has one.
   */
  readonly #ready: Ready = (status, { readable, writable }) => {
    if (this.#pending) return;
    this.#pending = true;
    setImmediate(() => this.#deliver(status, { read: readable || status < 0, write: writable }));
  };

  #deliver(status: number, events: Events): void {
    this.#pending = false;
    if (this.#closed) return;
    // libuv stops watching a descriptor that has an error (a full netlink buffer is one): reading takes the error away.
    if (status < 0) this.change(this.#interest);
    this.#callback(events);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handle.close();
    this.#forget();
  }
}

const options = (interest: Interest): { readable: boolean; writable: boolean } => ({
  readable: interest.read === true,
  writable: interest.write === true,
});
