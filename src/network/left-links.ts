import { hasCode, type Log, messageOf } from '../base/index.ts';
import { deleteLinkAsync, type Link } from '../netlink/rt/link.ts';
import { setLinkMessage } from '../netlink/rt/link-message.ts';
import type { EndpointLease, EndpointRecord } from '../store/records.ts';
import { addressesOf } from './former-leases.ts';
import type { Plan } from './plan/types.ts';
import type { Mark } from './reconcile/mark.ts';
import type { Namespace } from './reconcile/namespace.ts';

/** The kernel takes a namespace apart in 10 to 100 ms; what is there after this time stays. */
const patienceMs = 300;

type LeftLinksOptions = { readonly host: Namespace; readonly mark: Mark; readonly log: Log };

/** The host's end of a pair, and whose addresses answer behind it. */
type LeftLink = {
  readonly name: string;
  readonly networkId: string;
  readonly lease: EndpointLease;
  readonly timer: NodeJS.Timeout;
};

/**
 * The host's ends of pairs whose other ends went with a sandbox. Nobody waits for the kernel to delete them, and it does
 * not while somebody else holds the namespace (nsenter, tcpdump): then the container's address would go on answering,
 * beside its next owner's. So what is left is deleted, and is silent from when the address has a next owner. A name is of
 * one lease only, and never comes again.
 */
export class LeftLinks implements Disposable {
  readonly #options: LeftLinksOptions;
  readonly #left = new Set<LeftLink>();

  constructor(options: LeftLinksOptions) {
    this.#options = options;
  }

  /** Before the addresses of a sandbox that goes are given back: its endpoints, and its plan. */
  expect(endpoints: readonly EndpointRecord[], { host }: Plan): void {
    const pairs = new Set(host.links.filter(({ kind }) => kind.type === 'veth').map(({ name }) => name));
    for (const { networkId, lease } of endpoints) {
      if (lease === undefined || !pairs.has(lease.hostInterface)) continue;
      const name = lease.hostInterface;
      const timer = setTimeout(() => {
        this.#remove(name).finally(() => this.#left.delete(link));
      }, patienceMs);
      const link: LeftLink = { name, networkId, lease, timer: timer.unref() };
      this.#left.add(link);
    }
  }

  /** Links that are there for a moment yet, and in whose going there is nothing to be told. */
  names(): readonly string[] {
    return Array.from(this.#left, ({ name }) => name);
  }

  /**
   * Whoever had this lease's addresses a moment ago says nothing on the network any more: his port neither takes nor gives.
   * Unlike a link's deletion, that waits for nothing in the kernel. It is refused on a bridge with STP of its own, and for
   * a link that is just going. Never throws.
   */
  async silence(networkId: string, lease: EndpointLease): Promise<void> {
    const wanted = new Set(identities(lease));
    for (const link of this.#left) {
      if (link.networkId !== networkId || !identities(link.lease).some((one) => wanted.has(one))) continue;
      const listen = ({ index }: Link): Promise<unknown> =>
        this.#options.host.route.requestAsync(setLinkMessage(index, { port: { state: listening } }));
      await this.#whileThere(link.name, listen).catch((error: unknown) => {
        this.#options.log.debug(`network: link ${link.name} goes on for a moment: ${messageOf(error)}`);
      });
    }
  }

  async #remove(name: string): Promise<void> {
    const { host, log } = this.#options;
    try {
      await this.#whileThere(name, ({ index }) => {
        log.debug(`network: link ${name} is deleted: somebody holds the network namespace of a container that is down`);
        return deleteLinkAsync(host.deletions, index);
      });
    } catch (error) {
      log.warn(`network: link ${name} is left of a container that is down: ${messageOf(error)}`);
    }
  }

  /** Only what carries our mark, and is there still. */
  async #whileThere(name: string, act: (link: Link) => Promise<unknown>): Promise<void> {
    const { host, mark } = this.#options;
    const link = await host.find(name);
    if (link === undefined || mark.ownerOf(link) === undefined) return;
    try {
      await act(link);
    } catch (error) {
      if (!hasCode(error, 'ENODEV')) throw error; // the kernel was slow
    }
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#left) clearTimeout(timer);
  }
}

/** BR_STATE_LISTENING, <linux/if_bridge.h>. A port that is disabled or blocked goes on at once where there is no STP. */
const listening = 1;

/** What of a lease only one may have on a network. */
const identities = (lease: EndpointLease): readonly string[] => [lease.mac, ...addressesOf(lease)];
