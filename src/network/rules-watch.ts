import type { Log } from '../base/index.ts';
import { watchRules } from '../netlink/nft-watch.ts';
import type { Poller } from '../syscall/poller.ts';

/** Whoever flushes the rule set usually brings one of his own along: how long that is waited for. */
const settleMs = 50;

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
 * back at once. Our own changes are of elements, which are not told; when we remove rules ourselves, nothing is missing.
 */
export class RulesWatch implements Disposable {
  readonly #deps: RulesWatchDeps;
  readonly #watching: Disposable;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: RulesWatchDeps) {
    this.#deps = deps;
    this.#watching = watchRules(deps.poller, {
      netnsFd: deps.netnsFd,
      onRemoved: (table) => {
        if (table === deps.table) this.#soon();
      },
      onLost: () => this.#soon(),
    });
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#mend().catch((error: unknown) => this.#deps.log.warn(`network: putting rules back: ${error}`));
    }, settleMs).unref();
  }

  async #mend(): Promise<void> {
    const { restored } = await this.#deps.repair();
    if (restored.length > 0) this.#deps.log.warn('network: somebody removed rules of the engine: they are back');
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#watching[Symbol.dispose]();
  }
}
