import { hasCode, type Log, messageOf } from '../base/index.ts';
import { deleteLinkAsync } from '../netlink/rt/link.ts';
import type { Plan } from './plan/types.ts';
import type { Mark } from './reconcile/mark.ts';
import type { Namespace } from './reconcile/namespace.ts';

/** The kernel takes a namespace apart in 10 to 100 ms; what is there after this time stays. */
const patienceMs = 300;

/**
 * The host's ends of pairs whose other ends went with a sandbox. Nobody waits for the kernel to delete them, and it does
 * not while somebody else holds the namespace (nsenter, tcpdump): then the container's address would go on answering,
 * beside its next owner's. So what is left is deleted. A name is of one lease only, and never comes again.
 */
export class LeftLinks implements Disposable {
  readonly #options: { readonly host: Namespace; readonly mark: Mark; readonly log: Log };
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: { readonly host: Namespace; readonly mark: Mark; readonly log: Log }) {
    this.#options = options;
  }

  /** After the sandbox of this plan was let go of. */
  expect({ host }: Plan): void {
    const names = host.links.filter(({ kind }) => kind.type === 'veth').map(({ name }) => name);
    if (names.length === 0) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      for (const name of names) {
        this.#remove(name).catch((error: unknown) => {
          this.#options.log.warn(`network: link ${name} is left of a container that is down: ${messageOf(error)}`);
        });
      }
    }, patienceMs);
    this.#timers.add(timer.unref());
  }

  async #remove(name: string): Promise<void> {
    const { host, mark, log } = this.#options;
    const link = await host.find(name);
    if (link === undefined || mark.ownerOf(link) === undefined) return;
    log.debug(`network: link ${name} is deleted: somebody holds the network namespace of a container that is down`);
    try {
      await deleteLinkAsync(host.deletions, link.index);
    } catch (error) {
      if (!hasCode(error, 'ENODEV')) throw error; // the kernel was slow
    }
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
