import type { SysError } from '../base/index.ts';
import { sysError } from '../syscall/libc.ts';
import {
  decodeMessages,
  encodeMessage,
  errorIn,
  type Message,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  type Reply,
} from './message.ts';
import { NETLINK_ROUTE, openTransport, type Transport } from './transport.ts';
import { concat } from './wire.ts';

/** Answers of one kind: the message's type and what follows its header. */
export type Answer = { readonly type: number; readonly body: Uint8Array };

const dumpAttempts = 5;
const EINTR = 4; // <asm-generic/errno-base.h>
const EPROTO = 71; // <asm-generic/errno.h>
/** Acks of refused messages are queued in the socket's buffer (212,992 bytes) until the whole batch is sent. */
const batchLimit = 100;

/**
 * Requests to one subsystem of one network namespace, each answered before the next is sent. Refusals are thrown as
 * SysError with the kernel's extended-ack sentence.
 */
export class NetlinkConnection implements Disposable {
  readonly #transport: Transport;
  #seq = 0;
  /** The last asynchronous exchange: the next waits for it. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Sends, waits for the acknowledgement, and answers what came before it: for a GET, the object. */
  request(message: Message): readonly Answer[] {
    const { bytes, last } = this.#encode([message]);
    const outcome = collect(this.#transport.exchange(bytes), last, [message]);
    return succeeded(outcome);
  }

  /** The same on the thread pool, for what waits in the kernel; one after another, beside synchronous requests. */
  requestAsync(message: Message): Promise<readonly Answer[]> {
    return this.#queued([message]).then(succeeded);
  }

  /**
   * Many messages in one send. All are tried, in order, also after one is refused; the answer has one place for each:
   * its refusal, or undefined.
   */
  batchResults(messages: readonly Message[]): readonly (SysError | undefined)[] {
    return chunks(messages).flatMap((chunk) => {
      const { bytes, last } = this.#encode(chunk);
      return collect(this.#transport.exchange(bytes), last, chunk).errors;
    });
  }

  /** `batchResults` that throws the first refusal. The other messages have been tried all the same. */
  batch(messages: readonly Message[]): void {
    throwFirst(this.batchResults(messages));
  }

  /** `batchResults` on the thread pool. */
  async batchResultsAsync(messages: readonly Message[]): Promise<readonly (SysError | undefined)[]> {
    const errors: (SysError | undefined)[] = [];
    for (const chunk of chunks(messages)) errors.push(...(await this.#queued(chunk)).errors);
    return errors;
  }

  /** `batch` on the thread pool: for when another namespace's teardown may hold the kernel's lock. */
  async batchAsync(messages: readonly Message[]): Promise<void> {
    throwFirst(await this.batchResultsAsync(messages));
  }

  /** All objects that a GET with this body selects. A listing that a change interrupted is taken again, 5 times. */
  dump(message: Message): readonly Answer[] {
    for (let attempt = 0; attempt < dumpAttempts; attempt++) {
      const seq = ++this.#seq;
      const request = encodeMessage(message, seq, NLM_F_REQUEST | NLM_F_DUMP);
      const listing = list(this.#transport.exchange(request), seq, message);
      if (!listing.interrupted) return listing.answers;
    }
    throw sysError(message.op, EINTR, `the list changed while it was read, ${dumpAttempts} times`);
  }

  /** `dump` whose search runs on the thread pool: for tables that take the kernel long to walk. */
  async dumpAsync(message: Message): Promise<readonly Answer[]> {
    for (let attempt = 0; attempt < dumpAttempts; attempt++) {
      const listing = await this.#inTurn(async () => {
        const seq = ++this.#seq;
        const request = encodeMessage(message, seq, NLM_F_REQUEST | NLM_F_DUMP);
        return list(await this.#transport.exchangeAsync(request), seq, message);
      });
      if (!listing.interrupted) return listing.answers;
    }
    throw sysError(message.op, EINTR, `the list changed while it was read, ${dumpAttempts} times`);
  }

  #queued(messages: readonly Message[]): Promise<Outcome> {
    return this.#inTurn(async () => {
      const { bytes, last } = this.#encode(messages);
      return collect(await this.#transport.exchangeAsync(bytes), last, messages);
    });
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(run, run);
    this.#tail = mine;
    return mine;
  }

  /** Only the last asks for an acknowledgement: a refusal is answered without asking, and the last comes last. */
  #encode(messages: readonly Message[]): { bytes: Uint8Array; last: number } {
    const parts = messages.map((message, i) => {
      const ack = i === messages.length - 1 ? NLM_F_ACK : 0;
      return encodeMessage(message, ++this.#seq, NLM_F_REQUEST | ack);
    });
    return { bytes: concat(...parts), last: this.#seq };
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }
}

/** rtnetlink: links, addresses, routes, neighbours. */
export class RouteConnection extends NetlinkConnection {
  /** Of the namespace behind `netnsFd`, or the caller's own. The descriptor may be closed afterwards. */
  static open(netnsFd?: number): RouteConnection {
    return new RouteConnection(openTransport(NETLINK_ROUTE, netnsFd));
  }
}

type Outcome = { readonly errors: readonly (SysError | undefined)[]; readonly answers: readonly Answer[] };

/** Reads until the answer to the last of `messages`; `last` is its number, and those before are numbered down from it. */
function collect(datagrams: Iterable<Uint8Array>, last: number, messages: readonly Message[]): Outcome {
  const errors: (SysError | undefined)[] = messages.map(() => undefined);
  const answers: Answer[] = [];
  for (const reply of replies(datagrams)) {
    const index = messages.length - 1 - (last - reply.seq);
    const message = messages[index];
    if (message === undefined) continue; // to a request that was given up
    if (reply.type !== NLMSG_ERROR) answers.push({ type: reply.type, body: reply.body });
    else errors[index] = errorIn(reply, message);
    if (reply.type === NLMSG_ERROR && reply.seq === last) return { errors, answers };
  }
  throw sysError(messages.at(-1)?.op ?? 'netlink', EPROTO, 'the answer ended without an acknowledgement');
}

type Listing = { readonly answers: readonly Answer[]; readonly interrupted: boolean };

function list(datagrams: Iterable<Uint8Array>, seq: number, message: Message): Listing {
  const answers: Answer[] = [];
  let interrupted = false;
  for (const reply of replies(datagrams)) {
    if (reply.seq !== seq) continue;
    interrupted ||= (reply.flags & NLM_F_DUMP_INTR) !== 0;
    if (reply.type === NLMSG_DONE || reply.type === NLMSG_ERROR) {
      const error = errorIn(reply, message);
      if (error !== undefined) throw error;
      return { answers, interrupted };
    }
    answers.push({ type: reply.type, body: reply.body });
  }
  throw sysError(message.op, EPROTO, 'the list ended without its last message');
}

function* replies(datagrams: Iterable<Uint8Array>): Generator<Reply> {
  for (const datagram of datagrams) yield* decodeMessages(datagram);
}

function succeeded(outcome: Outcome): readonly Answer[] {
  throwFirst(outcome.errors);
  return outcome.answers;
}

function throwFirst(errors: readonly (SysError | undefined)[]): void {
  const error = errors.find((e) => e !== undefined);
  if (error !== undefined) throw error;
}

function chunks(messages: readonly Message[]): readonly (readonly Message[])[] {
  const count = Math.ceil(messages.length / batchLimit);
  return Array.from({ length: count }, (_, i) => messages.slice(i * batchLimit, (i + 1) * batchLimit));
}
