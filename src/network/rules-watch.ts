import type { Log } from '../base/index.ts';
import { watchRules } from '../netlink/nft-watch.ts';
import type { Poller } from '../syscall/poller.ts';

/** Whoever flushes the rule set usually brings one of his own along: how long that is waited for. */
const settleMs = 50;
/**
 * Between two looks for what the kernel could not tell one by one: others may change a great many rules for long, and ours
 * not be among them.
 */
const restMs = 1000;
/** A repair that failed is tried again, each time after twice as long. */
const longestRestMs = 60_000;

export type RulesWatchDeps = {
  readonly poller: Poller;
  /** Of the namespace whose rules they are; the process's own by default. */
  readonly netnsFd: number | undefined;
  /** The name of our tables. */
  readonly table: string;
  /** Puts back what is missing. */
  readonly repair: () => Promise<{ readonly restored: readonly string[] }>;
  readonly log: Log;
};

/**
 * Our rules go when somebody flushes the rule set (`nft flush ruleset`, the reload of a firewall's service): they are put
 * back at once. It listens from when it is made, and mends from `begin` on.
 */
export class RulesWatch implements Disposable {
  readonly #deps: RulesWatchDeps;
  readonly #watching: Disposable;
  #begun = false;
  #retryMs = restMs;
  #timer: NodeJS.Timeout | undefined;
  /** When the next look is due, and when the last one was; as performance.now() counts. */
  #due = Number.POSITIVE_INFINITY;
  #looked = Number.NEGATIVE_INFINITY;

  constructor(deps: RulesWatchDeps) {
    this.#deps = deps;
    this.#watching = watchRules(deps.poller, {
      netnsFd: deps.netnsFd,
      onRemoved: (table) => {
        if (table === deps.table) this.#look(settleMs);
      },
      onLost: () => this.#look(Math.max(settleMs, this.#looked + restMs - performance.now())),
    });
  }

  /** What was removed before is put back now. */
  begin(): void {
    this.#begun = true;
    if (this.#due !== Number.POSITIVE_INFINITY) this.#wait();
  }

  #look(inMs: number): void {
    const due = performance.now() + inMs;
    if (due >= this.#due) return;
    this.#due = due;
    if (this.#begun) this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#due = Number.POSITIVE_INFINITY;
        this.#mend().catch((error: unknown) => this.#tryAgain(error));
      },
      Math.max(0, this.#due - performance.now()),
    ).unref();
  }

  async #mend(): Promise<void> {
    this.#looked = performance.now();
    const { restored } = await this.#deps.repair();
    this.#retryMs = restMs;
    if (restored.length > 0) this.#deps.log.warn('network: somebody removed rules of the engine: they are back');
  }

  #tryAgain(error: unknown): void {
    if (!this.#begun) return; // disposed of meanwhile
    const seconds = this.#retryMs / 1000;
    this.#deps.log.warn(`network: putting rules back: ${error}; it is tried again in ${seconds} s`);
    this.#look(this.#retryMs);
    this.#retryMs = Math.min(longestRestMs, this.#retryMs * 2);
  }

  [Symbol.dispose](): void {
    this.#begun = false;
    clearTimeout(this.#timer);
    this.#watching[Symbol.dispose]();
  }
}
