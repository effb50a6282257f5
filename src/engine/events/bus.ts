import type { EventMessage, Filters } from '../../contract/index.ts';
import { matcher } from './filter.ts';

/** Past events that `since` can still replay, as many as Docker keeps. */
const ringSize = 256;

export type EventType = 'container' | 'network' | 'image' | 'volume' | 'daemon';
type Listener = (event: EventMessage) => void;
/** With its exact time: `timeNano` is a double, which near 1.7e18 holds every 256th nanosecond only. */
type Past = { readonly event: EventMessage; readonly atNs: bigint };
export type EventQuery = {
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly filters: Filters;
};

/** What happened, told to whoever listens, and the last of it kept for whoever asks later. */
export class EventBus {
  readonly #ring: Past[] = [];
  readonly #listeners = new Set<Listener>();
  #lastNs = 0n;

  /** `attributes` names the object for people and filters: name, image, labels, exit code. */
  emit(type: EventType, action: string, id: string, attributes: Readonly<Record<string, string>>): void {
    const atNs = this.#now();
    const event = message(type, action, id, attributes, atNs);
    this.#ring.push({ event, atNs });
    if (this.#ring.length > ringSize) this.#ring.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /** Times in seconds since 1970. Listens from the call on, not from the first read: nothing falls between. */
  subscribe(query: EventQuery, signal: AbortSignal): AsyncIterable<EventMessage> {
    const wanted = matcher(query.filters);
    const queue: EventMessage[] =
      query.since === undefined && query.until === undefined
        ? []
        : this.#past(query.since ?? 0, query.until).filter(wanted);
    let wake = (): void => {};
    const listener: Listener = (event) => {
      if (!wanted(event)) return;
      queue.push(event);
      wake();
    };
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => wake(), { once: true });
    const end = query.until === undefined ? undefined : query.until * 1000;
    const stop = (): void => void this.#listeners.delete(listener);
    return {
      async *[Symbol.asyncIterator]() {
        try {
          while (!signal.aborted) {
            for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event;
            if (end !== undefined && Date.now() >= end) return;
            await new Promise<void>((resolve) => {
              const timer =
                end === undefined ? undefined : setTimeout(resolve, Math.min(end - Date.now(), 2 ** 31 - 1));
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
          }
        } finally {
          stop();
        }
      },
    };
  }

  /** Wall clock, but never twice the same and never backwards: events are ordered by it. */
  #now(): bigint {
    const now = BigInt(Date.now()) * 1_000_000n;
    this.#lastNs = now > this.#lastNs ? now : this.#lastNs + 1000n;
    return this.#lastNs;
  }

  #past(since: number, until: number | undefined): EventMessage[] {
    const first = nanoseconds(since);
    const last = until === undefined ? this.#lastNs : nanoseconds(until);
    return this.#ring.filter(({ atNs }) => atNs >= first && atNs <= last).map(({ event }) => event);
  }
}

/** Seconds as a double are good for microseconds, which is what events are apart. */
const nanoseconds = (seconds: number): bigint => BigInt(Math.round(seconds * 1e6)) * 1000n;

function message(
  type: EventType,
  action: string,
  id: string,
  attributes: Readonly<Record<string, string>>,
  timeNs: bigint,
): EventMessage {
  const legacy = type === 'container' || type === 'image' ? { status: action, id } : {};
  const from = type === 'container' && attributes['image'] !== undefined ? { from: attributes['image'] } : {};
  return {
    ...legacy,
    ...from,
    Type: type,
    Action: action,
    Actor: { ID: id, Attributes: { ...attributes } },
    scope: 'local',
    time: Number(timeNs / 1_000_000_000n),
    timeNano: Number(timeNs),
  };
}
